/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppCheck: what was found wrong with a page when it was tried, and how it looked. Made by UiPreviewCheck; read by who mends pages and by who shows them.
 *
 * Counted. It is filled by one thread and then only read, by any. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  APP_CHECK_STOPPED,   /* it looped, took too much memory or crashed */
  APP_CHECK_EXCEPTION, /* an error that nothing caught */
  APP_CHECK_REJECTION, /* a promise that failed, likewise */
  APP_CHECK_ERROR,     /* console.error */
  APP_CHECK_BLOCKED,   /* what it wanted and did not get */
  APP_CHECK_BLANK,     /* nothing is to be seen */
  APP_CHECK_OVERFLOW,  /* it is wider than its window */
  APP_CHECK_SLOW,      /* less than 20 pictures a second */
  APP_CHECK_CUT_OFF,   /* text that does not fit */
  APP_CHECK_OVERLAP,   /* texts over each other */
  APP_CHECK_MISSING,   /* the page says that data are missing */
} AppCheckKind;

typedef struct {
  AppCheckKind kind;
  guint width;    /* of the window in which it was found, in pixels; 0: in all */
  char *sentence; /* for the person */
  char *detail;   /* for the model, in English: where and what, exactly */
} AppCheckFinding;

#define APP_TYPE_CHECK (app_check_get_type ())
typedef struct _AppCheck AppCheck;
GType app_check_get_type (void);

AppCheck *app_check_new (void);
AppCheck *app_check_ref (AppCheck *check);
void app_check_unref (AppCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppCheck, app_check_unref)

/* What is found again in another window is one finding. */
void app_check_add (AppCheck *check, AppCheckKind kind, guint width, const char *sentence, const char *detail);
guint app_check_get_n_findings (AppCheck *check);
const AppCheckFinding *app_check_get_finding (AppCheck *check, guint finding);

/* PNG of the page in a window of that width. (transfer none) (nullable) */
void app_check_set_picture (AppCheck *check, guint width, GBytes *png);
GBytes *app_check_get_picture (AppCheck *check, guint width);

/* The findings for a model, one line each; "" when there are none. (transfer full) */
char *app_check_dup_report (AppCheck *check);

G_END_DECLS
