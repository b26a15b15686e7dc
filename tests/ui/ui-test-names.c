/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a screen reader has a name for everything that can be used. GTK gives what has none the name of its class ("GtkImage"), which
 * no call of GTK tells from a real one; so the rules by which a name comes about are followed here. Needs GTK_A11Y=test. */
#include "ui-test.h"

#include "ui-sideways.h"

static gboolean
has_label_property (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);
  g_autofree char *differs = NULL;

  /* GTK has every button labelled by its child, which may be an icon: that says nothing. */
  if (!GTK_IS_BUTTON (widget) && gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY))
    return TRUE;
  if (!gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL))
    return FALSE;
  differs = gtk_test_accessible_check_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL, "");
  return differs != NULL;
}

/* What does not show has its words perhaps only when it does. */
static gboolean
has_words (GtkWidget *widget)
{
  if (has_label_property (widget))
    return TRUE;
  if (GTK_IS_LABEL (widget) || GTK_IS_INSCRIPTION (widget)) {
    const char *text = GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : gtk_inscription_get_text (GTK_INSCRIPTION (widget));

    return !gtk_widget_get_mapped (widget) || (text != NULL && *text != '\0');
  }
  if (GTK_IS_POPOVER (widget)) /* what opens from a button does not name it */
    return FALSE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (has_words (child))
      return TRUE;
  return FALSE;
}

/* What is written in it, or listed, is not its name. */
static gboolean
is_container (GtkWidget *widget)
{
  return GTK_IS_TEXT_VIEW (widget) || GTK_IS_EDITABLE (widget) || GTK_IS_LIST_BASE (widget) || GTK_IS_LIST_BOX (widget) || GTK_IS_FLOW_BOX (widget) ||
         GTK_IS_SCROLLED_WINDOW (widget);
}

static gboolean
is_named (GtkWidget *widget)
{
  GtkWidget *editable = GTK_IS_TEXT (widget) ? gtk_widget_get_ancestor (gtk_widget_get_parent (widget), GTK_TYPE_EDITABLE) : NULL;

  if (editable != NULL)
    return is_named (editable);
  /* A button with a menu is two widgets, of which the outer one has the name. */
  if (GTK_IS_TOGGLE_BUTTON (widget) && GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget)) && has_label_property (gtk_widget_get_parent (widget)))
    return TRUE;
  return is_container (widget) ? has_label_property (widget) : has_words (widget);
}

static gboolean
is_used (GtkWidget *widget, gboolean holds_others)
{
  if (GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_SWITCH (widget) || GTK_IS_DROP_DOWN (widget))
    return TRUE;
  if (!gtk_widget_get_focusable (widget) || GTK_IS_WINDOW (widget) || GTK_IS_POPOVER (widget))
    return FALSE;
  /* What a page of libadwaita scrolls in is its own. */
  if (GTK_IS_SCROLLED_WINDOW (widget) &&
      (!gtk_widget_get_mapped (widget) || ADW_IS_STATUS_PAGE (gtk_widget_get_parent (widget)) || ADW_IS_PREFERENCES_PAGE (gtk_widget_get_parent (widget))))
    return FALSE;
  /* These are walked through, and stop one only where nothing in them does. */
  return !holds_others || !(GTK_IS_SCROLLED_WINDOW (widget) || GTK_IS_FLOW_BOX (widget) || UI_IS_SIDEWAYS (widget));
}

/* Returns whether anything in it can be used. */
static gboolean
look (GString *out, GtkWidget *widget)
{
  gboolean within = FALSE;

  /* What is hidden may get its name when it shows. The pages of a stack that do not show are looked at all the same. */
  if (!gtk_widget_get_visible (widget))
    return FALSE;
  /* The buttons of a number are GTK's, and keys do the same. */
  if (!GTK_IS_SPIN_BUTTON (widget))
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
      within |= look (out, child);
  if (!is_used (widget, within))
    return within;
  if (!is_named (widget)) {
    g_string_append (out, "\n  ");
    for (guint i = 0; widget != NULL && i < 5; i++, widget = gtk_widget_get_parent (widget)) {
      const char *id = gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget));

      g_string_append_printf (out, "%s%s%s%s", i > 0 ? " < " : "", G_OBJECT_TYPE_NAME (widget), id != NULL ? " " : "", id != NULL ? id : "");
    }
  }
  return TRUE;
}

char *
ui_test_nameless (gpointer root)
{
  GString *out = g_string_new (NULL);

  look (out, root);
  return g_string_free (out, FALSE);
}
