/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-sections.h"

#include <glib/gi18n.h>

struct _UiSection {
  GObject parent_instance;

  char *title;
  AppFolder *folder; /* nullable */
  gboolean folded;
  guint n_conversations; /* in the folder */
};

enum { PROP_0,
       PROP_STATE };
static GParamSpec *state_property;
static guint folded_signal;

G_DEFINE_FINAL_TYPE (UiSection, ui_section, G_TYPE_OBJECT)

struct _UiSections {
  GObject parent_instance;

  GListModel *conversations;
  AppFolders *folders;  /* nullable */
  GPtrArray *items;     /* UiSection or AppConversation, owned */
  GHashTable *headings; /* title → UiSection, so that a heading stays the same object */
  GHashTable *folder_headings; /* AppFolder → UiSection */
};

static GType
ui_sections_get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
ui_sections_get_n_items (GListModel *model)
{
  return UI_SECTIONS (model)->items->len;
}

static gpointer
ui_sections_get_item (GListModel *model, guint position)
{
  UiSections *self = UI_SECTIONS (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position)) : NULL;
}

static void
ui_sections_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = ui_sections_get_item_type;
  iface->get_n_items = ui_sections_get_n_items;
  iface->get_item = ui_sections_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (UiSections, ui_sections, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, ui_sections_list_model_init))

static void
ui_section_finalize (GObject *object)
{
  g_free (UI_SECTION (object)->title);
  g_clear_object (&UI_SECTION (object)->folder);
  G_OBJECT_CLASS (ui_section_parent_class)->finalize (object);
}

static void
ui_section_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, UI_SECTION (object)->folded);
}

static void
ui_section_class_init (UiSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_section_finalize;
  G_OBJECT_CLASS (klass)->get_property = ui_section_get_property;
  state_property = g_param_spec_boolean ("state", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_STATE, state_property);
}

static void
ui_section_init (UiSection *self)
{
}

const char *
ui_section_get_title (UiSection *self)
{
  return self->folder != NULL ? app_folder_get_name (self->folder) : self->title;
}

AppFolder *
ui_section_get_folder (UiSection *self)
{
  return self->folder;
}

gboolean
ui_section_get_folded (UiSection *self)
{
  return self->folded;
}

guint
ui_section_get_n_conversations (UiSection *self)
{
  return self->n_conversations;
}

/* Days since the beginning of time, in local days. */
static int
day_number (GDateTime *time)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, g_date_time_get_day_of_month (time), g_date_time_get_month (time), g_date_time_get_year (time));
  return g_date_get_julian (&date);
}

char *
ui_sections_dup_title (GDateTime *time, gboolean pinned, GDateTime *now)
{
  int days = day_number (now) - day_number (time);

  if (pinned)
    return g_strdup (_("Pinned"));
  if (days <= 0)
    return g_strdup (_("Today"));
  if (days == 1)
    return g_strdup (_("Yesterday"));
  if (days < 7)
    return g_strdup (_("Last seven days"));
  if (g_date_time_get_year (time) == g_date_time_get_year (now))
    return g_date_time_format (time, "%OB");
  return g_date_time_format (time, "%OB %Y");
}

char *
ui_sections_dup_day (GDateTime *time, GDateTime *now)
{
  int days = day_number (now) - day_number (time);

  if (days <= 0)
    return g_strdup (_("Today"));
  if (days == 1)
    return g_strdup (_("Yesterday"));
  if (days < 7)
    return g_date_time_format (time, "%A");
  if (g_date_time_get_year (time) == g_date_time_get_year (now))
    /* Translators: a day of this year, as g_date_time_format () writes it: "14 March" */
    return g_date_time_format (time, _("%-d %B"));
  /* Translators: a day of another year, as g_date_time_format () writes it: "14 March 2025" */
  return g_date_time_format (time, _("%-d %B %Y"));
}

static UiSection *
heading_for (UiSections *self, const char *title)
{
  UiSection *section = g_hash_table_lookup (self->headings, title);

  if (section == NULL) {
    section = g_object_new (UI_TYPE_SECTION, NULL);
    section->title = g_strdup (title);
    g_hash_table_insert (self->headings, section->title, section);
  }
  return section;
}

static UiSection *
heading_of (UiSections *self, AppFolder *folder)
{
  UiSection *section = g_hash_table_lookup (self->folder_headings, folder);

  if (section == NULL) {
    section = g_object_new (UI_TYPE_SECTION, NULL);
    section->folder = g_object_ref (folder);
    g_hash_table_insert (self->folder_headings, folder, section);
  }
  return section;
}

static void
add_folder (UiSections *self, GPtrArray *items, AppFolder *folder)
{
  UiSection *section = heading_of (self, folder);
  guint n = 0;

  g_ptr_array_add (items, g_object_ref (section));
  for (guint i = 0; i < g_list_model_get_n_items (self->conversations); i++) {
    AppConversation *conversation = g_list_model_get_item (self->conversations, i);

    if (app_conversation_get_folder (conversation) == app_folder_get_id (folder) && ++n > 0 && !section->folded)
      g_ptr_array_add (items, conversation);
    else
      g_object_unref (conversation);
  }
  if (section->n_conversations != n) {
    section->n_conversations = n;
    g_object_notify_by_pspec (G_OBJECT (section), state_property);
  }
}

static void
add_folders (UiSections *self, GPtrArray *items)
{
  for (guint i = 0; self->folders != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->folders)); i++) {
    g_autoptr (AppFolder) folder = g_list_model_get_item (G_LIST_MODEL (self->folders), i);

    add_folder (self, items, folder);
  }
}

/* The pinned ones, the folders, then the others by day. In its folder a pinned one stands first. */
static GPtrArray *
build_items (UiSections *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gboolean folders_stand = FALSE;
  UiSection *current = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (self->conversations); i++) {
    AppConversation *conversation = g_list_model_get_item (self->conversations, i);

    if (self->folders != NULL && app_folders_find (self->folders, app_conversation_get_folder (conversation)) != NULL) {
      g_object_unref (conversation);
      continue;
    }
    if (!app_conversation_get_pinned (conversation) && !folders_stand) {
      add_folders (self, items);
      folders_stand = TRUE;
    }
    g_autofree char *title = ui_sections_dup_title (app_conversation_get_time (conversation), app_conversation_get_pinned (conversation), now);
    UiSection *section = heading_for (self, title);

    if (section != current)
      g_ptr_array_add (items, g_object_ref (section));
    current = section;
    g_ptr_array_add (items, conversation);
  }
  if (!folders_stand)
    add_folders (self, items);
  return items;
}

void
ui_sections_refresh (UiSections *self)
{
  GPtrArray *old = self->items;
  GPtrArray *new = build_items (self);
  guint head = 0;
  guint tail = 0;

  while (head < old->len && head < new->len && g_ptr_array_index (old, head) == g_ptr_array_index (new, head))
    head++;
  while (tail < old->len - head && tail < new->len - head &&
         g_ptr_array_index (old, old->len - 1 - tail) == g_ptr_array_index (new, new->len - 1 - tail))
    tail++;
  self->items = new;
  if (old->len - head - tail > 0 || new->len - head - tail > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), head, old->len - head - tail, new->len - head - tail);
  g_ptr_array_unref (old);
}

void
ui_sections_set_folded (UiSections *self, UiSection *section, gboolean folded)
{
  if (section->folder == NULL || section->folded == folded)
    return;
  section->folded = folded;
  g_object_notify_by_pspec (G_OBJECT (section), state_property);
  ui_sections_refresh (self);
  g_signal_emit (self, folded_signal, 0);
}

void
ui_sections_fold (UiSections *self, const gint64 *ids, gsize n_ids)
{
  for (gsize i = 0; i < n_ids; i++) {
    AppFolder *folder = self->folders != NULL ? app_folders_find (self->folders, ids[i]) : NULL;
    UiSection *section = folder != NULL ? heading_of (self, folder) : NULL;

    if (section == NULL || section->folded)
      continue;
    section->folded = TRUE;
    g_object_notify_by_pspec (G_OBJECT (section), state_property);
  }
  ui_sections_refresh (self);
}

void
ui_sections_unfold (UiSections *self, AppConversation *conversation)
{
  AppFolder *folder = self->folders != NULL ? app_folders_find (self->folders, app_conversation_get_folder (conversation)) : NULL;

  if (folder != NULL)
    ui_sections_set_folded (self, heading_of (self, folder), FALSE);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

GArray *
ui_sections_get_folded (UiSections *self)
{
  GArray *folded = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer folder;
  gpointer section;

  g_hash_table_iter_init (&iter, self->folder_headings);
  while (g_hash_table_iter_next (&iter, &folder, &section)) {
    gint64 id = app_folder_get_id (folder);

    if (UI_SECTION (section)->folded)
      g_array_append_val (folded, id);
  }
  g_array_sort (folded, compare_ids);
  return folded;
}

/* A folder with another name moves, and is told anew. */
static void
on_folders_changed (UiSections *self)
{
  GHashTableIter iter;
  gpointer section;

  g_hash_table_iter_init (&iter, self->folder_headings);
  while (g_hash_table_iter_next (&iter, NULL, &section))
    g_object_notify_by_pspec (section, state_property);
  ui_sections_refresh (self);
}

static void
ui_sections_finalize (GObject *object)
{
  UiSections *self = UI_SECTIONS (object);

  g_clear_object (&self->conversations);
  g_clear_object (&self->folders);
  g_hash_table_unref (self->folder_headings);
  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->headings);
  G_OBJECT_CLASS (ui_sections_parent_class)->finalize (object);
}

static void
ui_sections_class_init (UiSectionsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_sections_finalize;
  folded_signal = g_signal_new ("folded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_sections_init (UiSections *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->headings = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  /* A section holds its folder. */
  self->folder_headings = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

UiSections *
ui_sections_new (GListModel *conversations, AppFolders *folders)
{
  UiSections *self = g_object_new (UI_TYPE_SECTIONS, NULL);

  self->conversations = g_object_ref (conversations);
  g_signal_connect_object (conversations, "items-changed", G_CALLBACK (ui_sections_refresh), self, G_CONNECT_SWAPPED);
  if (folders != NULL) {
    self->folders = g_object_ref (folders);
    g_signal_connect_object (folders, "items-changed", G_CALLBACK (on_folders_changed), self, G_CONNECT_SWAPPED);
  }
  ui_sections_refresh (self);
  return self;
}
