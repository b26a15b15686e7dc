/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-gpu.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-gpu-trial.h"
#include "app-sentinel.h"
#include "app-size.h"

#define LIMIT_MS 60000

struct _AppGpu {
  GObject parent;
  AppSettings *settings;  /* nullable */
  char *sentinel_path;
  AppSentinel *sentinel;  /* NULL: it could not be opened, or was closed */
  AppGpuState state;
  AppBackend backend;
  gboolean chosen;        /* as it was notified last */
  char *reason;
  AppGpuTrial *facts;     /* of the latest trial; NULL before */
  const char *short_name; /* interned */
  GCancellable *trying;   /* of the trial under way */
  GPtrArray *waiting;     /* GTask: calls that wait for its end */
  guint limit_ms;
};

enum { PROP_0, PROP_STATE, PROP_REASON, PROP_CHOSEN, PROP_BACKEND, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AppGpu, app_gpu, G_TYPE_OBJECT)

/* ---- what follows from what is known ---- */

/* A rasteriser on the processor computes the same as the processor, only slower: not by itself. */
static gboolean
compute_chosen (AppGpu *self)
{
  return self->state == APP_GPU_USABLE && self->sentinel &&
         (self->backend == APP_BACKEND_GPU || (self->backend == APP_BACKEND_AUTOMATIC && !self->facts->software));
}

static void
answer_waiting (AppGpu *self)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    g_task_return_boolean (waiting->pdata[i], self->chosen);
}

/* Everything that changes goes through here. */
static void
update (AppGpu *self, AppGpuState state, const char *reason)
{
  gboolean chosen;

  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != state) {
    self->state = state;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  }
  if (g_strcmp0 (self->reason, reason) != 0) {
    g_free (self->reason);
    self->reason = g_strdup (reason);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REASON]);
  }
  chosen = compute_chosen (self);
  if (self->chosen != chosen) {
    self->chosen = chosen;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOSEN]);
  }
  if (!app_gpu_get_undecided (self))
    answer_waiting (self);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
on_backend (AppGpu *self)
{
  self->backend = app_settings_get_backend (self->settings);
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BACKEND]);
  update (self, self->state, self->reason);
  g_object_thaw_notify (G_OBJECT (self));
}

/* ---- the sentinel ---- */

static void
open_sentinel (AppGpu *self)
{
  g_autoptr (GError) error = NULL;

  self->sentinel = app_sentinel_open (self->sentinel_path, &error);
  if (!self->sentinel)
    update (self, APP_GPU_UNUSABLE, error->message);
  else
    update (self, app_sentinel_get_tripped (self->sentinel) ? APP_GPU_DISABLED : APP_GPU_UNKNOWN, NULL);
}

void
app_gpu_close (AppGpu *self)
{
  if (self->trying)
    g_cancellable_cancel (self->trying);
  g_clear_pointer (&self->sentinel, app_sentinel_close);
  update (self, self->state, self->reason);
}

/* ---- trying ---- */

static const char *
shorten (const char *device)
{
  /* "AMD Radeon RX 6600 (navi23, LLVM 15.0.6, DRM 3.49)", "NVIDIA GeForce RTX 3060/PCIe/SSE2" */
  const char *bracket = strstr (device, " (");
  gsize n = strcspn (device, "/");
  g_autofree char *name = g_strndup (device, bracket ? MIN (n, (gsize) (bracket - device)) : n);

  return g_intern_string (name);
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppGpu) self = user_data;
  AppGpuTrial *facts = app_gpu_trial_finish (result, NULL);

  g_clear_object (&self->trying);
  if (!facts) { /* the program ends */
    update (self, APP_GPU_UNKNOWN, NULL);
    answer_waiting (self);
    return;
  }
  g_clear_pointer (&self->facts, app_gpu_trial_free);
  self->facts = facts;
  self->short_name = shorten (facts->device);
  update (self, facts->why_not ? APP_GPU_UNUSABLE : APP_GPU_USABLE, facts->why_not);
}

static void
begin_trial (AppGpu *self)
{
  if (self->state != APP_GPU_UNKNOWN || !self->sentinel)
    return;
  self->trying = g_cancellable_new ();
  app_gpu_trial_async (self->limit_ms, self->trying, on_tried, g_object_ref (self));
  update (self, APP_GPU_TRYING, NULL);
}

static void
forget_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* Who gives up does not wait for a driver. */
static gboolean
on_wait_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  AppGpu *self = g_task_get_source_object (task);

  if (g_ptr_array_remove (self->waiting, task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
wait_for_trial (AppGpu *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_ptr_array_add (self->waiting, task);
  if (cancellable) {
    GSource *source = g_cancellable_source_new (cancellable);

    g_source_set_callback (source, G_SOURCE_FUNC (on_wait_cancelled), task, NULL);
    g_source_attach (source, g_task_get_context (task));
    g_task_set_task_data (task, source, forget_source);
  }
}

void
app_gpu_prepare_async (AppGpu *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  if (app_gpu_get_undecided (self)) {
    wait_for_trial (self, task);
    begin_trial (self);
    return;
  }
  g_task_return_boolean (task, self->chosen);
  g_object_unref (task);
}

gboolean
app_gpu_prepare_finish (AppGpu *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
app_gpu_fail (AppGpu *self, const char *reason)
{
  update (self, APP_GPU_FAILED, reason);
}

gboolean
app_gpu_can_try_again (AppGpu *self)
{
  return self->state == APP_GPU_UNUSABLE || self->state == APP_GPU_FAILED || self->state == APP_GPU_DISABLED;
}

void
app_gpu_try_again (AppGpu *self)
{
  if (!app_gpu_can_try_again (self))
    return;
  if (self->sentinel) {
    app_sentinel_reset (self->sentinel);
    update (self, APP_GPU_UNKNOWN, NULL);
  } else {
    open_sentinel (self);
  }
  if (app_gpu_get_undecided (self))
    begin_trial (self);
}

/* ---- getters ---- */

AppGpuState
app_gpu_get_state (AppGpu *self)
{
  return self->state;
}

const char *
app_gpu_get_reason (AppGpu *self)
{
  return self->reason;
}

gboolean
app_gpu_get_chosen (AppGpu *self)
{
  return self->chosen;
}

gboolean
app_gpu_get_undecided (AppGpu *self)
{
  return self->backend != APP_BACKEND_CPU && self->sentinel && (self->state == APP_GPU_UNKNOWN || self->state == APP_GPU_TRYING);
}

AppBackend
app_gpu_get_backend (AppGpu *self)
{
  return self->backend;
}

gboolean
app_gpu_get_crashed (AppGpu *self)
{
  return self->state == APP_GPU_DISABLED && self->sentinel && app_sentinel_get_tripped_now (self->sentinel);
}

const char *
app_gpu_get_device (AppGpu *self)
{
  return self->facts ? self->facts->device : "";
}

const char *
app_gpu_get_driver (AppGpu *self)
{
  return self->facts ? self->facts->driver : "";
}

const char *
app_gpu_get_short_name (AppGpu *self)
{
  return self->short_name;
}

guint64
app_gpu_get_memory (AppGpu *self)
{
  return self->facts ? self->facts->memory : 0;
}

gboolean
app_gpu_get_software (AppGpu *self)
{
  return self->facts && self->facts->software;
}

guint8 *
app_gpu_get_sentinel (AppGpu *self)
{
  return self->sentinel ? app_sentinel_get_byte (self->sentinel) : NULL;
}

void
app_gpu_set_limit (AppGpu *self, guint ms)
{
  self->limit_ms = ms;
}

static char *
dup_facts (AppGpu *self)
{
  g_autofree char *size = app_size_dup_text (app_gpu_get_memory (self));

  if (app_gpu_get_memory (self) == 0)
    return g_strdup (app_gpu_get_driver (self));
  /* Translators: the name of a driver, and of the memory of a graphics card how much is free. */
  return g_strdup_printf (_("%s, %s free"), app_gpu_get_driver (self), size);
}

char *
app_gpu_dup_status (AppGpu *self)
{
  if (self->backend == APP_BACKEND_CPU)
    return g_strdup (_("Not used: the processor was chosen."));
  if (self->state == APP_GPU_DISABLED)
    return g_strdup (_("Off: Melete ended while the graphics card was computing, perhaps because of its driver. Models run on the processor."));
  if (self->state == APP_GPU_FAILED) /* Translators: a sentence that says what was wrong comes in the place of %s. */
    return g_strdup_printf (_("It failed since Melete was started, so models run on the processor. %s"), self->reason);
  if (self->state == APP_GPU_UNUSABLE)
    return g_strdup_printf (_("Not used. %s"), self->reason);
  if (self->state == APP_GPU_USABLE && !self->chosen)
    return g_strdup (_("Not used by itself: this is no card, but the processor that draws, and computes faster without."));
  if (self->state == APP_GPU_USABLE)
    return dup_facts (self);
  return g_strdup (self->state == APP_GPU_TRYING ? _("Being tried…") : _("Tried when a model is loaded."));
}

/* ---- object ---- */

static void
app_gpu_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppGpu *self = APP_GPU (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_uint (value, self->state);
    break;
  case PROP_REASON:
    g_value_set_string (value, self->reason);
    break;
  case PROP_CHOSEN:
    g_value_set_boolean (value, self->chosen);
    break;
  case PROP_BACKEND:
    g_value_set_uint (value, self->backend);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_gpu_finalize (GObject *object)
{
  AppGpu *self = APP_GPU (object);

  g_clear_pointer (&self->sentinel, app_sentinel_close);
  g_clear_pointer (&self->facts, app_gpu_trial_free);
  g_clear_object (&self->settings);
  g_ptr_array_unref (self->waiting);
  g_free (self->sentinel_path);
  g_free (self->reason);
  G_OBJECT_CLASS (app_gpu_parent_class)->finalize (object);
}

static void
app_gpu_class_init (AppGpuClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = app_gpu_finalize;
  object_class->get_property = app_gpu_get_property;
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_GPU_DISABLED, APP_GPU_UNKNOWN, flags);
  properties[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, flags);
  properties[PROP_CHOSEN] = g_param_spec_boolean ("chosen", NULL, NULL, FALSE, flags);
  properties[PROP_BACKEND] = g_param_spec_uint ("backend", NULL, NULL, 0, APP_BACKEND_GPU, APP_BACKEND_AUTOMATIC, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_gpu_init (AppGpu *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->short_name = "";
  self->limit_ms = LIMIT_MS;
}

AppGpu *
app_gpu_new (AppSettings *settings, const char *sentinel)
{
  AppGpu *self = g_object_new (APP_TYPE_GPU, NULL);

  self->sentinel_path = sentinel ? g_strdup (sentinel) : g_build_filename (g_get_user_state_dir (), "melete", "gpu-busy", NULL);
  if (g_set_object (&self->settings, settings)) {
    self->backend = app_settings_get_backend (settings);
    g_signal_connect_object (app_settings_get_gsettings (settings), "changed::backend", G_CALLBACK (on_backend), self, G_CONNECT_SWAPPED);
  }
  open_sentinel (self);
  return self;
}
