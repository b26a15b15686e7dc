/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-client.h"

#include <glib/gi18n.h>

#include "app-error.h"

static gboolean
is_loopback (GUri *uri)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (g_uri_get_host (uri));

  return address ? g_inet_address_get_is_loopback (address) : g_ascii_strcasecmp (g_uri_get_host (uri), "localhost") == 0;
}

static gboolean
has_host (GUri *uri)
{
  return uri && g_uri_get_host (uri) && *g_uri_get_host (uri);
}

GUri *
app_client_parse (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  return has_host (uri) ? g_steal_pointer (&uri) : NULL;
}

gboolean
app_client_is_safe (GUri *uri)
{
  return g_str_equal (g_uri_get_scheme (uri), "https") || (g_str_equal (g_uri_get_scheme (uri), "http") && is_loopback (uri));
}

char *
app_client_dup_server (GUri *uri)
{
  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri), g_uri_get_port (uri), "", NULL, NULL);
}

GUri *
app_client_redirect (const char *location, GUri *from, GUri *first, GError **error)
{
  g_autoptr (GUri) to = location ? g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  g_autofree char *server = NULL;

  /* To this machine only from this machine: a server elsewhere has no business here. */
  if (has_host (to) && app_client_is_safe (to) && (!is_loopback (to) || is_loopback (first)))
    return g_steal_pointer (&to);
  server = app_client_dup_server (from);
  g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s” sends the download to an address that is not safe. Try again later, or choose another model."), server);
  return NULL;
}
