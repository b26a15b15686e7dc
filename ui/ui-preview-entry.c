/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-preview-entry.h"

struct _UiPreviewEntry {
  GObject parent_instance;

  UiPreviewLevel level;
  char *text, *source;
  guint line, count;
};

G_DEFINE_FINAL_TYPE (UiPreviewEntry, ui_preview_entry, G_TYPE_OBJECT)

enum { PROP_LEVEL = 1, PROP_TEXT, PROP_SOURCE, PROP_LINE, PROP_COUNT, N_PROPS };
static GParamSpec *props[N_PROPS];

UiPreviewEntry *
ui_preview_entry_new (UiPreviewLevel level, const char *text, const char *source, guint line)
{
  UiPreviewEntry *self = g_object_new (UI_TYPE_PREVIEW_ENTRY, NULL);

  self->level = level;
  self->text = g_strdup (text);
  self->source = g_strdup (source);
  self->line = line;
  self->count = 1;
  return self;
}

UiPreviewLevel
ui_preview_entry_get_level (UiPreviewEntry *self)
{
  return self->level;
}

const char *
ui_preview_entry_get_text (UiPreviewEntry *self)
{
  return self->text;
}

const char *
ui_preview_entry_get_source (UiPreviewEntry *self)
{
  return self->source;
}

guint
ui_preview_entry_get_line (UiPreviewEntry *self)
{
  return self->line;
}

guint
ui_preview_entry_get_count (UiPreviewEntry *self)
{
  return self->count;
}

gboolean
ui_preview_entry_is_like (UiPreviewEntry *self, UiPreviewEntry *other)
{
  return self->level == other->level && self->line == other->line && g_strcmp0 (self->text, other->text) == 0 && g_strcmp0 (self->source, other->source) == 0;
}

void
ui_preview_entry_count (UiPreviewEntry *self, guint more)
{
  self->count += MIN (more, G_MAXUINT - self->count);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COUNT]);
}

gboolean
ui_preview_entry_is_fault (UiPreviewEntry *self)
{
  return self->level >= UI_PREVIEW_ERROR && self->level <= UI_PREVIEW_BLOCKED;
}

/* ---- object ---- */

static void
ui_preview_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiPreviewEntry *self = UI_PREVIEW_ENTRY (object);

  switch (id) {
  case PROP_LEVEL:
    g_value_set_uint (value, self->level);
    break;
  case PROP_TEXT:
    g_value_set_string (value, self->text);
    break;
  case PROP_SOURCE:
    g_value_set_string (value, self->source);
    break;
  case PROP_LINE:
    g_value_set_uint (value, self->line);
    break;
  case PROP_COUNT:
    g_value_set_uint (value, self->count);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_preview_entry_finalize (GObject *object)
{
  UiPreviewEntry *self = UI_PREVIEW_ENTRY (object);

  g_free (self->text);
  g_free (self->source);
  G_OBJECT_CLASS (ui_preview_entry_parent_class)->finalize (object);
}

static void
ui_preview_entry_class_init (UiPreviewEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ui_preview_entry_get_property;
  object_class->finalize = ui_preview_entry_finalize;
  props[PROP_LEVEL] = g_param_spec_uint ("level", NULL, NULL, 0, UI_PREVIEW_NOTE, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_SOURCE] = g_param_spec_string ("source", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_LINE] = g_param_spec_uint ("line", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ui_preview_entry_init (UiPreviewEntry *self)
{
}
