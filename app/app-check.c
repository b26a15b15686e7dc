/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-check.h"

struct _AppCheck {
  gatomicrefcount count;
  GPtrArray *findings;  /* of AppCheckFinding */
  GHashTable *pictures; /* width → GBytes */
};

G_DEFINE_BOXED_TYPE (AppCheck, app_check, app_check_ref, app_check_unref)

/* As a model reads them. */
static const char *const names[] = {
  [APP_CHECK_STOPPED] = "stopped", [APP_CHECK_EXCEPTION] = "uncaught error", [APP_CHECK_REJECTION] = "rejected promise", [APP_CHECK_ERROR] = "console.error",
  [APP_CHECK_BLOCKED] = "blocked", [APP_CHECK_BLANK] = "blank page", [APP_CHECK_OVERFLOW] = "horizontal overflow", [APP_CHECK_SLOW] = "slow frames",
  [APP_CHECK_CUT_OFF] = "text cut off", [APP_CHECK_OVERLAP] = "overlapping text", [APP_CHECK_MISSING] = "missing data",
};

static void
finding_free (AppCheckFinding *finding)
{
  g_free (finding->sentence);
  g_free (finding->detail);
  g_free (finding);
}

AppCheck *
app_check_new (void)
{
  AppCheck *check = g_new0 (AppCheck, 1);

  g_atomic_ref_count_init (&check->count);
  check->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);
  check->pictures = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
  return check;
}

AppCheck *
app_check_ref (AppCheck *check)
{
  g_atomic_ref_count_inc (&check->count);
  return check;
}

void
app_check_unref (AppCheck *check)
{
  if (!g_atomic_ref_count_dec (&check->count))
    return;
  g_ptr_array_unref (check->findings);
  g_hash_table_unref (check->pictures);
  g_free (check);
}

void
app_check_add (AppCheck *check, AppCheckKind kind, guint width, const char *sentence, const char *detail)
{
  AppCheckFinding *finding;

  for (guint i = 0; i < check->findings->len; i++) {
    finding = g_ptr_array_index (check->findings, i);
    if (finding->kind == kind && g_str_equal (finding->detail, detail)) {
      if (finding->width != width)
        finding->width = 0;
      return;
    }
  }
  finding = g_new0 (AppCheckFinding, 1);
  finding->kind = kind;
  finding->width = width;
  finding->sentence = g_strdup (sentence);
  finding->detail = g_strdup (detail);
  g_ptr_array_add (check->findings, finding);
}

guint
app_check_get_n_findings (AppCheck *check)
{
  return check->findings->len;
}

const AppCheckFinding *
app_check_get_finding (AppCheck *check, guint finding)
{
  g_return_val_if_fail (finding < check->findings->len, NULL);
  return g_ptr_array_index (check->findings, finding);
}

void
app_check_set_picture (AppCheck *check, guint width, GBytes *png)
{
  g_hash_table_replace (check->pictures, GUINT_TO_POINTER (width), g_bytes_ref (png));
}

GBytes *
app_check_get_picture (AppCheck *check, guint width)
{
  return g_hash_table_lookup (check->pictures, GUINT_TO_POINTER (width));
}

char *
app_check_dup_report (AppCheck *check)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < check->findings->len; i++) {
    const AppCheckFinding *finding = g_ptr_array_index (check->findings, i);

    g_string_append_printf (out, "- %s", names[finding->kind]);
    if (finding->width > 0)
      g_string_append_printf (out, " (window %u px wide)", finding->width);
    g_string_append_printf (out, ": %s\n", finding->detail);
  }
  return g_string_free (out, FALSE);
}
