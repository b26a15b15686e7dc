/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-compare-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-compare-column.h"
#include "ui-copy.h"
#include "ui-model-chooser.h"
#include "ui-source-viewer.h"
#include "ui-toast.h"

struct _UiCompareView {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *question;
  GtkWidget *switcher;
  GtkToggleButton *show_left;
  GtkToggleButton *show_right;
  GtkLabel *left_name;
  GtkLabel *right_name;
  AdwLeaflet *leaflet;
  UiCompareColumn *left;
  UiCompareColumn *right;

  AppConversation *conversation; /* NULL: nothing is compared. Both are set while the versions are read, too */
  AppMessage *answer;            /* on the visible path: the left one */
  GListModel *versions;          /* all of them; NULL while they are read */
  guint shown;                   /* the right one among them */
};

enum { PROP_0, PROP_ACTIVE };

G_DEFINE_FINAL_TYPE (UiCompareView, ui_compare_view, GTK_TYPE_WIDGET)

gboolean
ui_compare_view_get_active (UiCompareView *self)
{
  return self->versions != NULL;
}

/* What is shown */

/* The next version in a direction that is not the left one; -1 when there is none. */
static int
next_version (UiCompareView *self, int step)
{
  int n = g_list_model_get_n_items (self->versions);

  for (int i = (int) self->shown + step; i >= 0 && i < n; i += step) {
    g_autoptr (AppMessage) version = g_list_model_get_item (self->versions, i);

    if (version != self->answer)
      return i;
  }
  return -1;
}

/* Over the columns, where only one of them shows: models, with numbers where both are the same. */
static void
update_names (UiCompareView *self)
{
  g_autofree char *left = ui_compare_column_dup_model (self->left);
  g_autofree char *right = ui_compare_column_dup_model (self->right);
  guint left_index = app_message_get_branch_index (self->answer);

  if (g_str_equal (left, right)) {
    g_autofree char *numbered_left = g_strdup_printf ("%s (%u)", left, left_index + 1);
    g_autofree char *numbered_right = g_strdup_printf ("%s (%u)", right, self->shown + 1);

    gtk_label_set_text (self->left_name, numbered_left);
    gtk_label_set_text (self->right_name, numbered_right);
    return;
  }
  gtk_label_set_text (self->left_name, left);
  gtk_label_set_text (self->right_name, right);
}

static void
show_right (UiCompareView *self, guint index)
{
  g_autoptr (AppMessage) version = g_list_model_get_item (self->versions, index);

  self->shown = index;
  ui_compare_column_set_message (self->right, version, index, g_list_model_get_n_items (self->versions), FALSE);
  ui_compare_column_set_steps (self->right, next_version (self, -1) >= 0, next_version (self, 1) >= 0);
  update_names (self);
}

static void
on_step (UiCompareView *self, int step)
{
  int index = next_version (self, step);

  if (index >= 0)
    show_right (self, index);
}

static void
on_switch (UiCompareView *self)
{
  gboolean left = gtk_toggle_button_get_active (self->show_left);

  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (left ? self->left : self->right));
}

static gboolean
on_fold_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiCompareView *self = UI_COMPARE_VIEW (widget);
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  /* Where it shows, the switcher has both names already. */
  gtk_widget_set_visible (self->switcher, folded);
  ui_compare_column_set_named (self->left, !folded);
  ui_compare_column_set_named (self->right, !folded);
  return G_SOURCE_REMOVE;
}

/* It comes in the middle of a layout, in which nothing else can be given a place. */
static void
on_folded (UiCompareView *self)
{
  gtk_widget_add_tick_callback (GTK_WIDGET (self), on_fold_frame, NULL, NULL);
}

/* What was asked: the last of the person's words before the answer. */
static void
update_question (UiCompareView *self)
{
  GListModel *messages = app_conversation_get_messages (self->conversation);
  int position = app_conversation_find_message (self->conversation, app_message_get_id (self->answer));
  g_autoptr (AppMessage) note = position > 0 ? g_list_model_get_item (messages, position - 1) : NULL;
  g_autofree char *line = g_strdup (note != NULL ? app_message_get_text (note) : "");

  gtk_label_set_text (self->question, g_strstrip (g_strdelimit (line, "\n\r\t", ' ')));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->question), note != NULL && *line != '\0' ? app_message_get_text (note) : NULL);
}

/* Of what is not to be seen nothing is found by a screen reader either. */
static void
update_active (UiCompareView *self)
{
  gtk_widget_set_visible (self->box, ui_compare_view_get_active (self));
  g_object_notify (G_OBJECT (self), "active");
}

/* Ends it, whether it was to be seen already or not. */
static void
forget (UiCompareView *self)
{
  gboolean active = ui_compare_view_get_active (self);

  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (app_conversation_get_messages (self->conversation), self);
  g_clear_object (&self->conversation);
  g_clear_object (&self->answer);
  g_clear_object (&self->versions);
  ui_compare_column_set_message (self->left, NULL, 0, 0, FALSE);
  ui_compare_column_set_message (self->right, NULL, 0, 0, FALSE);
  if (active)
    update_active (self);
}

void
ui_compare_view_close (UiCompareView *self)
{
  gboolean writing = ui_compare_view_get_active (self) && app_conversation_get_busy (self->conversation);
  g_autofree char *model = writing ? ui_compare_column_dup_model (self->right) : NULL;

  forget (self);
  if (writing) {
    /* Translators: the name of a model. */
    g_autofree char *sentence = g_strdup_printf (_("%s goes on writing. “Compare answers” shows it again."), model);

    ui_toast (GTK_WIDGET (self), sentence);
  }
}

static void
action_close (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_compare_view_close (UI_COMPARE_VIEW (widget));
}

/* Beginning */

/* `writing`: the newest version is the one to be seen, else the neighbour of the left one. */
typedef struct {
  UiCompareView *self;
  AppMessage *answer;
  gboolean writing;
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->self);
  g_object_unref (opening->answer);
  g_free (opening);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
on_versions (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Opening) opening = data;
  UiCompareView *self = opening->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) versions = app_conversation_load_versions_finish (APP_CONVERSATION (source), result, &error);
  guint index = app_message_get_branch_index (opening->answer);
  guint n = versions != NULL ? g_list_model_get_n_items (versions) : 0;

  if (self->conversation != APP_CONVERSATION (source) || self->answer != opening->answer || self->versions != NULL)
    return; /* something else was opened meanwhile */
  if (n < 2) {
    if (error != NULL)
      ui_toast_error (GTK_WIDGET (self), error);
    forget (self);
    return;
  }
  self->versions = g_steal_pointer (&versions);
  update_question (self);
  ui_compare_column_set_message (self->left, self->answer, index, n, TRUE);
  show_right (self, opening->writing ? n - 1 : index > 0 ? index - 1 : 1);
  gtk_toggle_button_set_active (opening->writing ? self->show_right : self->show_left, TRUE);
  on_switch (self);
  update_active (self);
  gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

static void
open_versions (UiCompareView *self, AppConversation *conversation, AppMessage *answer, gboolean writing)
{
  Opening *opening = g_new0 (Opening, 1);

  forget (self);
  self->conversation = g_object_ref (conversation);
  self->answer = g_object_ref (answer);
  g_signal_connect_object (app_conversation_get_messages (conversation), "items-changed", G_CALLBACK (forget), self, G_CONNECT_SWAPPED);
  opening->self = g_object_ref (self);
  opening->answer = g_object_ref (answer);
  opening->writing = writing;
  app_conversation_load_versions_async (conversation, answer, on_versions, opening);
}

void
ui_compare_view_show (UiCompareView *self, AppConversation *conversation, AppMessage *answer)
{
  open_versions (self, conversation, answer, FALSE);
}

static void
on_compared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Opening) opening = data;
  UiCompareView *self = opening->self;
  g_autoptr (GError) error = NULL;
  gboolean begun = app_conversation_compare_finish (APP_CONVERSATION (source), result, &error);

  if (self->conversation != APP_CONVERSATION (source) || self->answer != opening->answer)
    return;
  if (begun) {
    open_versions (self, APP_CONVERSATION (source), opening->answer, TRUE);
  } else {
    ui_toast_error (GTK_WIDGET (self), error);
    forget (self);
  }
}

static void
on_chosen (GtkWidget *chooser, AppModel *model, UiCompareView *self)
{
  Opening *opening;

  if (self->conversation == NULL)
    return;
  opening = g_new0 (Opening, 1);
  opening->self = g_object_ref (self);
  opening->answer = g_object_ref (self->answer);
  app_conversation_compare_async (self->conversation, self->answer, model, on_compared, opening);
}

void
ui_compare_view_ask (UiCompareView *self, AppConversation *conversation, AppMessage *answer, AppModels *models)
{
  GtkWidget *chooser;

  if (app_conversation_get_busy (conversation)) {
    ui_toast (GTK_WIDGET (self), _("Stop the answer first, then compare."));
    return;
  }
  forget (self);
  self->conversation = g_object_ref (conversation);
  self->answer = g_object_ref (answer);
  g_signal_connect_object (app_conversation_get_messages (conversation), "items-changed", G_CALLBACK (forget), self, G_CONNECT_SWAPPED);
  chooser = ui_model_chooser_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), models, answer);
  g_signal_connect_object (chooser, "chosen", G_CALLBACK (on_chosen), self, 0);
  gtk_window_present (GTK_WINDOW (chooser));
}

/* Keeping */

/* It is the conversation's already; what another model still writes about it is not needed any more. */
static void
on_keep_left (UiCompareView *self)
{
  if (app_conversation_get_busy (self->conversation))
    app_conversation_stop (self->conversation);
  forget (self);
}

/* The path changes, and with that the comparison ends. */
static void
on_keep_right (UiCompareView *self)
{
  if (app_conversation_get_busy (self->conversation))
    ui_toast (GTK_WIDGET (self), _("Stop the answer first, then go to another version."));
  else
    app_conversation_select_branch_async (self->conversation, self->answer, self->shown, ui_toast_on_done,
                                          ui_toast_done_new (self, (UiToastFinish) app_conversation_select_branch_finish));
}

/* What the answers ask of UiTranscript, where they stand else */

static AppMessage *
find_version (UiCompareView *self, gint64 id)
{
  AppMessage *sides[] = { ui_compare_column_get_message (self->left), ui_compare_column_get_message (self->right) };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    if (sides[i] != NULL && app_message_get_id (sides[i]) == id)
      return sides[i];
  return NULL;
}

static void
action_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AppMessage *version = find_version (UI_COMPARE_VIEW (widget), g_variant_get_int64 (parameter));

  if (version != NULL)
    ui_copy (widget, app_message_get_text (version), UI_COPY_MARKDOWN);
}

/* A passage stands in a note on the visible path, which both versions answer. */
static void
action_source (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiCompareView *self = UI_COMPARE_VIEW (widget);
  AppMessage *version;
  g_autoptr (AppMessage) note = NULL;
  const AppSource *source;
  GPtrArray *sources;
  gint64 id;
  guint32 number;
  int position;

  g_variant_get (parameter, "(xu)", &id, &number);
  version = find_version (self, id);
  sources = version != NULL ? app_message_get_sources (version) : NULL;
  if (sources == NULL || number < 1 || number > sources->len)
    return;
  source = sources->pdata[number - 1];
  position = app_conversation_find_message (self->conversation, source->note);
  note = position >= 0 ? g_list_model_get_item (app_conversation_get_messages (self->conversation), position) : NULL;
  if (note != NULL)
    ui_source_viewer_present (widget, note, source);
}

/* Object */

static void
ui_compare_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, ui_compare_view_get_active (UI_COMPARE_VIEW (object)));
}

static void
ui_compare_view_dispose (GObject *object)
{
  UiCompareView *self = UI_COMPARE_VIEW (object);

  if (self->box != NULL)
    forget (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_compare_view_parent_class)->dispose (object);
}

static void
ui_compare_view_class_init (UiCompareViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = ui_compare_view_get_property;
  G_OBJECT_CLASS (klass)->dispose = ui_compare_view_dispose;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_ACTIVE,
                                   g_param_spec_boolean ("active", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_type_ensure (UI_TYPE_COMPARE_COLUMN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-compare-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, box);
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, question);
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, switcher);
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, show_left);
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, show_right);
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, left_name);
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, right_name);
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, leaflet);
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, left);
  gtk_widget_class_bind_template_child (widget_class, UiCompareView, right);
  gtk_widget_class_bind_template_callback (widget_class, on_switch);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_step);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_left);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_right);
  gtk_widget_class_install_action (widget_class, "compare.close", NULL, action_close);
  gtk_widget_class_install_action (widget_class, "transcript.copy", "x", action_copy);
  gtk_widget_class_install_action (widget_class, "transcript.source", "(xu)", action_source);
  gtk_widget_class_set_css_name (widget_class, "compareview");
}

static void
ui_compare_view_init (UiCompareView *self)
{
  g_autoptr (GtkSizeGroup) heads = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);

  gtk_widget_init_template (GTK_WIDGET (self));
  /* The answers begin on one line, however many lines stand over them. */
  gtk_size_group_add_widget (heads, ui_compare_column_get_head (self->left));
  gtk_size_group_add_widget (heads, ui_compare_column_get_head (self->right));
}
