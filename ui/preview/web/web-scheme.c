/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers what a page loads: its own files, and nothing else. */
#include "web-private.h"

#include <string.h>

/* Nothing from anywhere but the page's own files, and what it makes itself (data:, blob:).
 * 'unsafe-inline': models write their scripts and styles into the page. The page is hostile as a whole, its files as much as what stands inline, so this gives away nothing.
 * 'unsafe-eval': for the same reason, and since every calculator that a model writes uses it. */
#define POLICY "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; style-src 'self' 'unsafe-inline' data: blob:; " \
               "img-src 'self' data: blob:; font-src 'self' data: blob:; media-src 'self' data: blob:; connect-src 'self' data: blob:; worker-src 'self' data: blob:; " \
               "child-src 'self' data: blob:; frame-src 'none'; object-src 'none'; manifest-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define PERMISSIONS "camera=(), microphone=(), geolocation=(), display-capture=(), clipboard-read=(), usb=(), serial=(), hid=(), bluetooth=(), midi=(), payment=(), " \
                    "publickey-credentials-get=(), screen-wake-lock=(), xr-spatial-tracking=(), gamepad=(self), autoplay=(self)"

static SoupMessageHeaders *
create_headers (const char *mime_type)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);

  soup_message_headers_append (headers, "Content-Type", mime_type);
  soup_message_headers_append (headers, "Content-Security-Policy", POLICY);
  soup_message_headers_append (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_append (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_append (headers, "Permissions-Policy", PERMISSIONS);
  soup_message_headers_append (headers, "X-DNS-Prefetch-Control", "off");
  soup_message_headers_append (headers, "Cross-Origin-Opener-Policy", "same-origin");
  soup_message_headers_append (headers, "Cross-Origin-Resource-Policy", "same-origin");
  soup_message_headers_append (headers, "Cache-Control", "no-store");
  return headers;
}

static void
refuse (WebKitURISchemeRequest *request)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not a file of this page");

  webkit_uri_scheme_request_finish_error (request, error);
}

/* The path within the page that an address means, or NULL when it is not of this page. (transfer full) */
static char *
dup_path (PreviewWeb *web, const char *address)
{
  g_autofree char *prefix = web_dup_prefix (web);
  const char *rest;
  gsize n;

  if (!g_str_has_prefix (address, prefix))
    return NULL;
  rest = address + strlen (prefix);
  n = strcspn (rest, "?#");
  return n == 0 ? g_strdup ("index.html") : g_uri_unescape_segment (rest, rest + n, "/");
}

static void
on_request (WebKitURISchemeRequest *request, gpointer data)
{
  WebKitWebView *view = webkit_uri_scheme_request_get_web_view (request);
  /* Without a view it comes from a service worker, which no page has. */
  PreviewWeb *web = view != NULL ? web_of_view (view) : NULL;
  g_autofree char *path = web != NULL ? dup_path (web, webkit_uri_scheme_request_get_uri (request)) : NULL;
  const char *mime_type = NULL;
  GBytes *bytes = path != NULL && g_str_equal (webkit_uri_scheme_request_get_http_method (request), "GET") ? web->events->find (path, &mime_type, web->data) : NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (WebKitURISchemeResponse) response = NULL;
  g_autofree char *type = NULL;

  /* The document itself comes before everything else. */
  if (bytes != NULL && g_str_equal (path, "index.html") && !web_sandbox_holds ()) {
    refuse (request);
    web->events->ended (PREVIEW_END_NO_SANDBOX, web->data);
    return;
  }
  if (bytes == NULL) {
    if (web != NULL)
      web->events->blocked (PREVIEW_BLOCKED_RESOURCE, path != NULL ? path : webkit_uri_scheme_request_get_uri (request), web->data);
    refuse (request);
    return;
  }
  stream = g_memory_input_stream_new_from_bytes (bytes);
  response = webkit_uri_scheme_response_new (stream, (gint64) g_bytes_get_size (bytes));
  webkit_uri_scheme_response_set_status (response, 200, NULL);
  /* Without a charset: a style sheet is refused that is not exactly "text/css". */
  type = g_strndup (mime_type, strcspn (mime_type, "; "));
  webkit_uri_scheme_response_set_content_type (response, type);
  webkit_uri_scheme_response_set_http_headers (response, create_headers (mime_type));
  webkit_uri_scheme_request_finish_with_response (request, response);
}

void
web_scheme_register (WebKitWebContext *context)
{
  /* Secure: pages may use what browsers give only to such, as WebCrypto. */
  webkit_security_manager_register_uri_scheme_as_secure (webkit_web_context_get_security_manager (context), PREVIEW_WEB_SCHEME);
  webkit_web_context_register_uri_scheme (context, PREVIEW_WEB_SCHEME, on_request, NULL, NULL);
}
