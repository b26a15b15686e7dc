/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-server-address.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

/* An address is a line of text in a dialog; what is longer is none. */
#define LONGEST 1024

/* 10/8, 172.16/12, 192.168/16 and what GLib knows as loopback or link-local; 100.64/10 is what private networks over the internet use; fc00::/7. */
static gboolean
is_private_number (GInetAddress *number)
{
  const guint8 *bytes = g_inet_address_to_bytes (number);

  if (g_inet_address_get_is_loopback (number) || g_inet_address_get_is_link_local (number) || g_inet_address_get_is_site_local (number))
    return TRUE;
  if (g_inet_address_get_family (number) == G_SOCKET_FAMILY_IPV6)
    return (bytes[0] & 0xfe) == 0xfc;
  return bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
}

/* By its name alone: nothing is looked up. */
static gboolean
is_private (const char *host)
{
  static const char *const endings[] = { ".local", ".lan", ".home", ".home.arpa", ".internal", ".localhost" };
  g_autoptr (GInetAddress) number = g_inet_address_new_from_string (host);

  if (number)
    return is_private_number (number);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (host, endings[i]))
      return TRUE;
  return strchr (host, '.') == NULL; /* "kitchen", "localhost" */
}

/* What people copy along with an address, and what goes after it anyway. */
static char *
clean_path (const char *path)
{
  static const char *const endings[] = { "/chat/completions", "/completions", "/models" };
  g_autofree char *clean = g_strdup (path);
  gsize length = strlen (clean);

  while (length && clean[length - 1] == '/')
    clean[--length] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (clean, endings[i])) {
      clean[length - strlen (endings[i])] = '\0';
      break;
    }
  return *clean ? g_steal_pointer (&clean) : g_strdup ("/v1");
}

static gboolean G_GNUC_PRINTF (2, 3)
refuse (GError **error, const char *sentence, ...)
{
  va_list arguments;

  va_start (arguments, sentence);
  if (error)
    *error = g_error_new_valist (APP_ERROR, APP_ERROR_INVALID, sentence, arguments);
  va_end (arguments);
  return FALSE;
}

/* `given`: as the person wrote it. */
static gboolean
check (GUri *uri, const char *scheme, const char *given, GError **error)
{
  if (!uri || !g_uri_get_host (uri) || !*g_uri_get_host (uri))
    return refuse (error, _("“%s” is not the address of a server. Write it like http://kitchen.local:8080."), given);
  if (!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https"))
    return refuse (error, _("“%s” does not begin with http:// or https://, which is what Melete speaks. Change the beginning."), given);
  if (g_uri_get_userinfo (uri))
    return refuse (error, _("The address of “%s” has a name or a password in it. Leave them out, and write the key into its own field."), g_uri_get_host (uri));
  if (g_uri_get_query (uri) || g_uri_get_fragment (uri))
    return refuse (error, _("“%s” has a “?” or a “#” in it. Leave out what begins there."), given);
  if (g_uri_get_port (uri) == 0)
    return refuse (error, _("“%s” has the port 0. Write the port that the server listens on."), given);
  return TRUE;
}

static GUri *
parse_uri (const char *given)
{
  const GUriFlags flags = G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED_PATH;
  g_autofree char *full = NULL;
  g_autoptr (GUri) guess = NULL;

  if (strlen (given) > LONGEST)
    return NULL;
  if (strstr (given, "://"))
    return g_uri_parse (given, flags, NULL);
  full = g_strconcat ("http://", given, NULL);
  guess = g_uri_parse (full, flags, NULL);
  if (!guess || !g_uri_get_host (guess) || is_private (g_uri_get_host (guess)))
    return g_steal_pointer (&guess);
  g_free (full);
  full = g_strconcat ("https://", given, NULL);
  return g_uri_parse (full, flags, NULL);
}

char *
app_server_address_parse (const char *text, GError **error)
{
  g_autofree char *given = g_strstrip (g_strdup (text));
  g_autoptr (GUri) uri = *given ? parse_uri (given) : NULL;
  g_autofree char *scheme = uri ? g_ascii_strdown (g_uri_get_scheme (uri), -1) : NULL;
  g_autofree char *path = NULL, *host = NULL, *lower = NULL;
  int port = uri ? g_uri_get_port (uri) : -1;

  if (!*given) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The address is empty. Write it like http://kitchen.local:8080."));
    return NULL;
  }
  if (!check (uri, scheme, given, error))
    return NULL;
  host = g_hostname_to_ascii (g_uri_get_host (uri));
  if (!host || strpbrk (host, " \t\r\n/@\\<>\"")) {
    refuse (error, _("“%s” is not the address of a server. Write it like http://kitchen.local:8080."), given);
    return NULL;
  }
  lower = g_ascii_strdown (host, -1);
  path = clean_path (g_uri_get_path (uri));
  if (port == (g_str_equal (scheme, "https") ? 443 : 80))
    port = -1;
  return g_uri_join (G_URI_FLAGS_ENCODED_PATH, scheme, NULL, lower, port, path, NULL, NULL);
}

char *
app_server_address_dup_host (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_ENCODED_PATH, NULL);
  const char *host = uri ? g_uri_get_host (uri) : NULL;
  char *readable = host ? g_hostname_to_unicode (host) : NULL;

  return readable ? readable : g_strdup (host ? host : address);
}

char *
app_server_address_dup_origin (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_ENCODED_PATH, NULL);
  const char *host = uri ? g_uri_get_host (uri) : NULL;
  int port = uri ? g_uri_get_port (uri) : -1;

  if (!host)
    return g_strdup (address);
  if (port < 0)
    port = g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : 80;
  return g_strdup_printf (strchr (host, ':') ? "%s://[%s]:%d" : "%s://%s:%d", g_uri_get_scheme (uri), host, port);
}

gboolean
app_server_address_is_exposed (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_ENCODED_PATH, NULL);

  return uri && g_str_equal (g_uri_get_scheme (uri), "http") && !is_private (g_uri_get_host (uri));
}
