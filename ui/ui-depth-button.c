/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-depth-button.h"

#include <glib/gi18n.h>

#include "ui-depth.h"
#include "ui-snug.h"

struct _UiDepthButton {
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkLabel *label;
  GtkPopover *popover;
  GtkBox *choices;
  GtkLabel *hint;
  GtkCheckButton *only;

  AppConversation *conversation;
  AppSettings *settings;
  AppEngine *engine;
  char *depth;              /* of this message, "" for that of the conversation */
  GtkWidget *checks[APP_N_DEPTHS];
  gboolean updating;        /* what changes is not by the person */
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiDepthButton, ui_depth_button, GTK_TYPE_WIDGET)

AppDepth
ui_depth_button_get_depth (UiDepthButton *self)
{
  return self->conversation != NULL ? app_conversation_choose_thinking (self->conversation, self->depth).depth : APP_DEPTH_COMPACT;
}

/* What the model that would answer makes of it; NULL: nothing that needs to be said. */
static const char *
get_hint (UiDepthButton *self)
{
  if (self->engine == NULL || app_engine_get_state (self->engine) != APP_ENGINE_READY)
    return NULL;
  if (app_engine_get_host (self->engine) != NULL)
    return _("A model on a server may think as it pleases: not every server can be told.");
  switch (app_engine_get_thinks (self->engine)) {
  case APP_THINKS_NO:
    return _("This model never learned to think. It writes a short plan first: at Compact only where something has to be worked out.");
  case APP_THINKS_ALWAYS:
    return _("This model always thinks. At Instant its thought is ended at once.");
  default:
    return NULL;
  }
}

static void
update (UiDepthButton *self)
{
  AppDepth depth = ui_depth_button_get_depth (self);
  gboolean only = *self->depth != '\0';
  const char *hint = get_hint (self);
  /* Translators: %s is a depth, such as Compact. */
  g_autofree char *name = g_strdup_printf (only ? _("Thinking: %s, only for this message") : _("Thinking: %s"), ui_depth_get_title (depth));

  self->updating = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self->button), self->conversation != NULL);
  gtk_label_set_text (self->label, ui_depth_get_title (depth));
  if (only)
    gtk_widget_add_css_class (GTK_WIDGET (self), "only");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "only");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->checks[depth]), TRUE);
  gtk_check_button_set_active (self->only, only);
  gtk_label_set_text (self->hint, hint != NULL ? hint : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hint), hint != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  self->updating = FALSE;
}

static void
changed (UiDepthButton *self)
{
  update (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The conversation says what differs from the preferences, and no more. */
static void
set_own (UiDepthButton *self, AppDepth depth)
{
  gboolean usual = depth == (self->settings != NULL ? app_settings_get_depth (self->settings) : APP_DEPTH_COMPACT);

  app_conversation_settings_set_text (app_conversation_get_settings (self->conversation), APP_SETTING_DEPTH, usual ? NULL : app_depth_to_id (depth));
}

static void
take_message_depth (UiDepthButton *self, const char *depth)
{
  char *copy = g_strdup (depth);

  g_free (self->depth);
  self->depth = copy;
}

void
ui_depth_button_choose (UiDepthButton *self, AppDepth depth)
{
  if (self->conversation == NULL || depth == ui_depth_button_get_depth (self))
    return;
  if (*self->depth != '\0')
    take_message_depth (self, app_depth_to_id (depth));
  else
    set_own (self, depth);
  changed (self);
}

static void
on_toggled (GtkCheckButton *check, UiDepthButton *self)
{
  if (self->updating || !gtk_check_button_get_active (check))
    return;
  for (AppDepth i = 0; i < APP_N_DEPTHS; i++)
    if (self->checks[i] == GTK_WIDGET (check))
      ui_depth_button_choose (self, i);
}

/* What was chosen stays chosen, and counts for less, or for more. */
static void
on_only (UiDepthButton *self)
{
  AppDepth depth = ui_depth_button_get_depth (self);

  if (self->updating || self->conversation == NULL)
    return;
  if (gtk_check_button_get_active (self->only)) {
    take_message_depth (self, app_depth_to_id (depth));
  } else {
    take_message_depth (self, "");
    set_own (self, depth);
  }
  changed (self);
}

#define EDGE 6 /* pixels between the popover and the edge of the window */

/* The popover ends where the button does; in a narrow window it is moved to within the window. */
static void
on_popup (GtkMenuButton *button, gpointer data)
{
  UiDepthButton *self = data;
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  graphene_rect_t bounds;
  int width, left;

  if (window == NULL || !gtk_widget_compute_bounds (GTK_WIDGET (button), window, &bounds))
    return;
  gtk_widget_measure (GTK_WIDGET (self->popover), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  left = (int) (bounds.origin.x + bounds.size.width) - width;
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL) /* it begins where the button does */
    left = (int) bounds.origin.x;
  gtk_popover_set_offset (self->popover, left < EDGE ? EDGE - left : MIN (gtk_widget_get_width (window) - EDGE - width - left, 0), 0);
}

static GtkWidget *
create_choice (UiDepthButton *self, AppDepth depth)
{
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (ui_depth_get_title (depth));
  GtkWidget *subtitle = g_object_new (GTK_TYPE_LABEL, "label", ui_depth_get_subtitle (depth), "wrap", TRUE, "max-width-chars", 28, "xalign", 0.0, NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (subtitle, "caption");
  gtk_widget_add_css_class (subtitle, "dim-label");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), subtitle);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, ui_depth_get_title (depth), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, ui_depth_get_subtitle (depth), -1);
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
  return check;
}

void
ui_depth_button_set_settings (UiDepthButton *self, AppSettings *settings)
{
  if (self->settings == settings)
    return;
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (app_settings_get_gsettings (self->settings), self);
  g_set_object (&self->settings, settings);
  if (settings != NULL)
    g_signal_connect_object (app_settings_get_gsettings (settings), "changed::depth", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  update (self);
}

void
ui_depth_button_set_engine (UiDepthButton *self, AppEngine *engine)
{
  g_return_if_fail (self->engine == NULL);
  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
ui_depth_button_set_conversation (UiDepthButton *self, AppConversation *conversation)
{
  if (self->conversation == conversation)
    return;
  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (app_conversation_get_settings (self->conversation), self);
  g_set_object (&self->conversation, conversation);
  if (conversation != NULL)
    g_signal_connect_object (app_conversation_get_settings (conversation), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  changed (self);
}

const char *
ui_depth_button_get_message_depth (UiDepthButton *self)
{
  return self->depth;
}

void
ui_depth_button_set_message_depth (UiDepthButton *self, const char *depth)
{
  AppDepth known;

  if (!app_depth_from_id (depth, &known))
    depth = "";
  if (g_str_equal (self->depth, depth))
    return;
  take_message_depth (self, depth);
  changed (self);
}

static void
ui_depth_button_dispose (GObject *object)
{
  UiDepthButton *self = UI_DEPTH_BUTTON (object);

  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (app_conversation_get_settings (self->conversation), self);
  g_clear_object (&self->conversation);
  g_clear_object (&self->settings);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->depth, g_free);
  G_OBJECT_CLASS (ui_depth_button_parent_class)->dispose (object);
}

static void
ui_depth_button_class_init (UiDepthButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_depth_button_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (UI_TYPE_SNUG);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-depth-button.ui");
  gtk_widget_class_bind_template_child (widget_class, UiDepthButton, button);
  gtk_widget_class_bind_template_child (widget_class, UiDepthButton, label);
  gtk_widget_class_bind_template_child (widget_class, UiDepthButton, popover);
  gtk_widget_class_bind_template_child (widget_class, UiDepthButton, choices);
  gtk_widget_class_bind_template_child (widget_class, UiDepthButton, hint);
  gtk_widget_class_bind_template_child (widget_class, UiDepthButton, only);
  gtk_widget_class_bind_template_callback (widget_class, on_only);
  gtk_widget_class_set_css_name (widget_class, "depthbutton");
}

static void
ui_depth_button_init (UiDepthButton *self)
{
  self->depth = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->button, on_popup, self, NULL);
  for (AppDepth i = 0; i < APP_N_DEPTHS; i++) {
    self->checks[i] = create_choice (self, i);
    if (i > 0)
      gtk_check_button_set_group (GTK_CHECK_BUTTON (self->checks[i]), GTK_CHECK_BUTTON (self->checks[0]));
    gtk_widget_set_visible (self->checks[i], app_depth_is_offered (i));
    gtk_box_append (self->choices, self->checks[i]);
  }
  update (self);
}
