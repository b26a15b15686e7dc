/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-catalogue.h"

#include <glib/gi18n.h>

/* The descriptions of data/models.json, word for word: gettext reads no JSON. tests/lint compares. */
static const char *const words[] = {
  N_("The starter: small and quick, for trying things out and for small machines. It writes simple English and makes many mistakes."),
  N_("Small and quick: short programs, rewriting and simple questions, in several languages."),
  N_("The recommended one: answers questions about texts and documents, writes code, and knows many languages."),
  N_("Not for conversations: it only continues a text, and does not answer questions."),
  N_("Writes down what is spoken, in about a hundred languages."),
};

const char *
app_catalogue_translate (const char *description)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (description, words[i]))
      return _(words[i]);
  return description;
}
