/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page asks for, and that it does not get it. */
#include "web-private.h"

/* What WebKit can do and no page here has a use for, by WebKit's names; those that a version does not know are passed over. WebSocket and others stay: the policy of the page denies
 * them with a sign, which the console shows. */
static const char *const off[] = {
  "BeaconAPI", "ClearSiteDataHTTPHeader", "Cookie", "CookieStoreAPI", "DirectoryUpload", "EncryptedMediaAPI", "FullScreen", "GeolocationAPI", "HyperlinkAuditing", "LinkDNSPrefetch",
  "LinkPreconnect", "LinkPreconnectEarlyHints", "LinkPrefetch", "MediaDevices", "MediaRecorder", "NotificationEvent", "Notifications", "PeerConnection", "PrivateClickMeasurement", "PushAPI",
  "RemotePlayback", "SafeBrowsing", "ScreenCapture", "ScreenWakeLockAPI", "ServiceWorkerNavigationPreload", "ServiceWorkers", "SharedWorker", "SpeechRecognition", "SpeechSynthesisAPI",
  "UpgradeKnownHostsToHTTPS", "WebAuthentication", "WebRTC", "WebShare", "WebTransport", "WirelessPlaybackTargetAPI",
};

/* The entries of the context menu that act on the page itself. */
static const WebKitContextMenuAction harmless[] = {
  WEBKIT_CONTEXT_MENU_ACTION_COPY, WEBKIT_CONTEXT_MENU_ACTION_CUT, WEBKIT_CONTEXT_MENU_ACTION_PASTE, WEBKIT_CONTEXT_MENU_ACTION_DELETE, WEBKIT_CONTEXT_MENU_ACTION_SELECT_ALL,
  WEBKIT_CONTEXT_MENU_ACTION_PASTE_AS_PLAIN_TEXT, WEBKIT_CONTEXT_MENU_ACTION_COPY_IMAGE_TO_CLIPBOARD,
};

static void
tell (PreviewWeb *web, PreviewBlocked what, const char *detail)
{
  web->events->blocked (what, detail, web->data);
}

static gboolean
inspects (void)
{
  return g_getenv ("MELETE_INSPECT") != NULL;
}

/* Whether there is a graphics card to draw with. Mesa's software in its place is no faster than WebKit's own, and version 22.3 of it crashes now and then under WebKit's compositor. */
static gboolean
has_card (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/dev/dri", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "renderD"))
      return TRUE;
  return FALSE;
}

WebKitSettings *
web_policy_create_settings (void)
{
  WebKitSettings *settings = webkit_settings_new_with_settings (
    "allow-file-access-from-file-urls", FALSE, "allow-universal-access-from-file-urls", FALSE, "allow-top-navigation-to-data-urls", FALSE, "default-charset", "utf-8", "disable-web-security", FALSE,
    "enable-back-forward-navigation-gestures", FALSE, "enable-developer-extras", inspects (), "enable-encrypted-media", FALSE, "enable-fullscreen", FALSE,
    "enable-media-stream", FALSE, "hardware-acceleration-policy", has_card () ? WEBKIT_HARDWARE_ACCELERATION_POLICY_ALWAYS : WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER, "enable-page-cache", FALSE, "enable-webrtc", FALSE, "enable-write-console-messages-to-stdout", FALSE,
    "enable-smooth-scrolling", TRUE, "javascript-can-access-clipboard", FALSE, "javascript-can-open-windows-automatically", TRUE /* asks on_decide, which refuses with a sign */, "media-playback-requires-user-gesture", TRUE, NULL);
  WebKitFeatureList *features = webkit_settings_get_all_features ();

  for (gsize i = 0; i < webkit_feature_list_get_length (features); i++) {
    WebKitFeature *feature = webkit_feature_list_get (features, i);

    for (guint k = 0; k < G_N_ELEMENTS (off); k++)
      if (g_str_equal (webkit_feature_get_identifier (feature), off[k]))
        webkit_settings_set_feature_enabled (settings, feature, FALSE);
  }
  webkit_feature_list_unref (features);
  return settings;
}

/* ---- going elsewhere ---- */

static gboolean
is_own (PreviewWeb *web, const char *address)
{
  g_autofree char *prefix = web_dup_prefix (web);

  return address != NULL && g_str_has_prefix (address, prefix);
}

static gboolean
on_decide (WebKitWebView *view, WebKitPolicyDecision *decision, WebKitPolicyDecisionType type, PreviewWeb *web)
{
  const char *address;

  if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE) {
    WebKitResponsePolicyDecision *response = WEBKIT_RESPONSE_POLICY_DECISION (decision);

    address = webkit_uri_request_get_uri (webkit_response_policy_decision_get_request (response));
    /* What WebKit cannot show becomes a download. */
    if ((is_own (web, address) || g_str_has_prefix (address, "blob:") || g_str_has_prefix (address, "data:")) && (!webkit_response_policy_decision_is_main_frame_main_resource (response) || webkit_response_policy_decision_is_mime_type_supported (response))) {
      webkit_policy_decision_use (decision);
      return TRUE;
    }
    tell (web, PREVIEW_BLOCKED_DOWNLOAD, address);
    webkit_policy_decision_ignore (decision);
    return TRUE;
  }
  address = webkit_uri_request_get_uri (webkit_navigation_action_get_request (webkit_navigation_policy_decision_get_navigation_action (WEBKIT_NAVIGATION_POLICY_DECISION (decision))));
  if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && is_own (web, address)) {
    webkit_policy_decision_use (decision);
    return TRUE;
  }
  tell (web, type == WEBKIT_POLICY_DECISION_TYPE_NEW_WINDOW_ACTION ? PREVIEW_BLOCKED_WINDOW : PREVIEW_BLOCKED_NAVIGATION, address);
  webkit_policy_decision_ignore (decision);
  return TRUE;
}

static GtkWidget *
on_create (WebKitWebView *view, WebKitNavigationAction *action, PreviewWeb *web)
{
  tell (web, PREVIEW_BLOCKED_WINDOW, webkit_uri_request_get_uri (webkit_navigation_action_get_request (action)));
  return NULL;
}

/* ---- asking the person ---- */

static gboolean
on_permission (WebKitWebView *view, WebKitPermissionRequest *request, PreviewWeb *web)
{
  webkit_permission_request_deny (request);
  tell (web, PREVIEW_BLOCKED_PERMISSION, NULL);
  return TRUE;
}

static gboolean
on_query (WebKitWebView *view, WebKitPermissionStateQuery *query, PreviewWeb *web)
{
  webkit_permission_state_query_finish (query, WEBKIT_PERMISSION_STATE_DENIED);
  return TRUE;
}

static gboolean
on_file (WebKitWebView *view, WebKitFileChooserRequest *request, PreviewWeb *web)
{
  webkit_file_chooser_request_cancel (request);
  tell (web, PREVIEW_BLOCKED_FILE, NULL);
  return TRUE;
}

static gboolean
on_authenticate (WebKitWebView *view, WebKitAuthenticationRequest *request, PreviewWeb *web)
{
  webkit_authentication_request_cancel (request);
  tell (web, PREVIEW_BLOCKED_PASSWORD, webkit_authentication_request_get_host (request));
  return TRUE;
}

static gboolean
on_print (WebKitWebView *view, WebKitPrintOperation *operation, PreviewWeb *web)
{
  tell (web, PREVIEW_BLOCKED_PRINT, NULL);
  return TRUE;
}

static gboolean
on_full_screen (WebKitWebView *view, PreviewWeb *web)
{
  tell (web, PREVIEW_BLOCKED_FULL_SCREEN, NULL);
  return TRUE;
}

static gboolean
on_notification (WebKitWebView *view, WebKitNotification *notification, PreviewWeb *web)
{
  tell (web, PREVIEW_BLOCKED_PERMISSION, NULL);
  return TRUE;
}

static gboolean
on_dialog (WebKitWebView *view, WebKitScriptDialog *dialog, PreviewWeb *web)
{
  /* Nobody is asked whether a page may be left. */
  if (webkit_script_dialog_get_dialog_type (dialog) == WEBKIT_SCRIPT_DIALOG_BEFORE_UNLOAD_CONFIRM) {
    webkit_script_dialog_confirm_set_confirmed (dialog, TRUE);
    return TRUE;
  }
  if (web->events->dialog (webkit_script_dialog_get_message (dialog), web->data))
    return FALSE;
  tell (web, PREVIEW_BLOCKED_DIALOG, webkit_script_dialog_get_message (dialog));
  return TRUE;
}

static gboolean
is_harmless (WebKitContextMenuItem *item)
{
  WebKitContextMenuAction action = webkit_context_menu_item_get_stock_action (item);

  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (harmless[i] == action)
      return TRUE;
  return inspects () && action == WEBKIT_CONTEXT_MENU_ACTION_INSPECT_ELEMENT;
}

static gboolean
on_context_menu (WebKitWebView *view, WebKitContextMenu *menu, WebKitHitTestResult *hit, PreviewWeb *web)
{
  g_autoptr (GList) items = g_list_copy (webkit_context_menu_get_items (menu));

  for (GList *at = items; at != NULL; at = at->next)
    if (!is_harmless (at->data))
      webkit_context_menu_remove (menu, at->data);
  return webkit_context_menu_get_n_items (menu) == 0;
}

void
web_policy_connect (PreviewWeb *web)
{
  g_signal_connect (web->view, "decide-policy", G_CALLBACK (on_decide), web);
  g_signal_connect (web->view, "create", G_CALLBACK (on_create), web);
  g_signal_connect (web->view, "permission-request", G_CALLBACK (on_permission), web);
  g_signal_connect (web->view, "query-permission-state", G_CALLBACK (on_query), web);
  g_signal_connect (web->view, "run-file-chooser", G_CALLBACK (on_file), web);
  g_signal_connect (web->view, "authenticate", G_CALLBACK (on_authenticate), web);
  g_signal_connect (web->view, "print", G_CALLBACK (on_print), web);
  g_signal_connect (web->view, "enter-fullscreen", G_CALLBACK (on_full_screen), web);
  g_signal_connect (web->view, "show-notification", G_CALLBACK (on_notification), web);
  g_signal_connect (web->view, "script-dialog", G_CALLBACK (on_dialog), web);
  g_signal_connect (web->view, "context-menu", G_CALLBACK (on_context_menu), web);
}
