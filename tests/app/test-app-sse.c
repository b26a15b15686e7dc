/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as servers send them, cut wherever the network likes. */
#include "app-sse.h"

#include <string.h>

static void
on_event (const char *data, gsize n, gpointer user_data)
{
  GString *out = user_data;

  g_assert_cmpint (data[n], ==, '\0');
  g_string_append_c (out, '<');
  g_string_append_len (out, data, n);
  g_string_append_c (out, '>');
}

/* The events of `text`, fed in pieces of `piece` bytes. */
static char *
events_of (const char *text, gsize n, gsize piece)
{
  GString *out = g_string_new (NULL);
  g_autoptr (AppSse) sse = app_sse_new (on_event, out);
  g_autoptr (GError) error = NULL;

  for (gsize at = 0; at < n; at += piece) {
    /* A copy of its own size, so that a read beyond it is found. */
    g_autofree char *bytes = g_memdup2 (text + at, MIN (piece, n - at));
    app_sse_feed (sse, bytes, MIN (piece, n - at), &error);
    g_assert_no_error (error);
  }
  return g_string_free (out, FALSE);
}

static void
test_forms (void)
{
  static const struct {
    const char *text, *events;
  } cases[] = {
    { "data: a\n\ndata: b\n\n", "<a><b>" },
    { "data: a\r\n\r\ndata: b\r\n\r\n", "<a><b>" },
    { "data: a\r\rdata: b\r\r", "<a><b>" },
    { "data: a\r\n\ndata: b\n\r\n", "<a><b>" },
    { "data:a\n\ndata:  b\n\n", "<a>< b>" },
    { "data: one\ndata: two\ndata\ndata:\n\n", "<one\ntwo\n\n>" },
    { ": still here\n\ndata: a\n: in between\n\n", "<a>" },
    { "event: x\nid: 7\nretry: 3\ndata: a\ndatabase: b\n\n", "<a>" },
    { "\n\n\nevent: x\n\n", "" },
    { "\xef\xbb\xbf" "data: a\n\n\xef\xbb\xbf" "data: b\n\n", "<a>" },
    { "data: Müller 日本\n\n", "<Müller 日本>" },
    { "data: a\n\ndata: cut off", "<a>" },
    { "data: a\n\ndata: no empty line\n", "<a>" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize piece = 1; piece <= strlen (cases[i].text) + 1; piece++) {
      g_autofree char *events = events_of (cases[i].text, strlen (cases[i].text), piece);
      g_assert_cmpstr (events, ==, cases[i].events);
    }
}

/* An event just within the bound is taken; one byte more is refused, in one line or in many, whole or in pieces. */
static void
test_bound (void)
{
  g_autoptr (GString) longest = g_string_new ("data:");
  GString *out = g_string_new (NULL);
  AppSse *sse = app_sse_new (on_event, out);
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  while (longest->len < APP_SSE_MAX_EVENT)
    g_string_append_c (longest, 'x');
  g_assert_true (app_sse_feed (sse, longest->str, longest->len, NULL));
  g_assert_true (app_sse_feed (sse, "\n\n", 2, NULL));
  g_assert_cmpuint (out->len, ==, APP_SSE_MAX_EVENT - 5 + 2);
  g_string_append_c (longest, 'x');
  g_assert_false (app_sse_feed (sse, longest->str, longest->len, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  app_sse_free (sse);

  g_string_truncate (out, 0);
  sse = app_sse_new (on_event, out);
  for (guint i = 0; ok; i++) {
    ok = app_sse_feed (sse, "data: some words that never end\n", 32, NULL);
    g_assert_cmpuint (i, <, APP_SSE_MAX_EVENT / 25);
  }
  g_assert_cmpuint (out->len, ==, 0);
  app_sse_free (sse);
  g_string_free (out, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sse/forms", test_forms);
  g_test_add_func ("/sse/bound", test_bound);
  return g_test_run ();
}
