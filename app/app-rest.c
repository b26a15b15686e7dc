/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-rest.h"

/* How often it is looked whether the time is over, in seconds. */
#define CHECK_SECONDS 30
#define USUAL_MINUTES 15

struct _AppRest {
  GObject parent;
  AppEngine *engine;
  GMemoryMonitor *monitor;
  AppRestClock clock;
  int minutes;
  gint64 used; /* when it was last loaded or answered */
  guint timer; /* while a model is loaded that may have to go */
  guint idle;  /* looks at its place */
};

enum { PROP_0, PROP_MINUTES, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AppRest, app_rest, G_TYPE_OBJECT)

static gboolean
may_go (AppRest *self)
{
  return app_engine_get_state (self->engine) == APP_ENGINE_READY && !app_engine_get_busy (self->engine) && !app_engine_get_held (self->engine);
}

void
app_rest_check (AppRest *self)
{
  if (self->minutes && may_go (self) && self->clock () - self->used >= (gint64) self->minutes * 60 * G_USEC_PER_SEC)
    app_engine_unload (self->engine);
}

static gboolean
on_timer (gpointer user_data)
{
  app_rest_check (user_data);
  return G_SOURCE_CONTINUE; /* unloading has removed it, and then this is not heard */
}

static void
update_timer (AppRest *self)
{
  gboolean wanted = self->minutes && app_engine_get_state (self->engine) == APP_ENGINE_READY;

  if (wanted && !self->timer)
    self->timer = g_timeout_add_seconds (CHECK_SECONDS, on_timer, self);
  else if (!wanted)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static gboolean
on_idle (gpointer user_data)
{
  AppRest *self = user_data;

  self->idle = 0;
  if (may_go (self) && app_engine_is_misplaced (self->engine))
    app_engine_unload (self->engine);
  return G_SOURCE_REMOVE;
}

/* Not at once: who waits for the model to be ready may hear of it after this. */
static void
on_place (AppRest *self)
{
  if (!self->idle)
    self->idle = g_idle_add (on_idle, self);
}

/* It was loaded, or an answer began or ended. */
static void
on_used (AppRest *self)
{
  self->used = self->clock ();
  update_timer (self);
  on_place (self);
}

static void
on_low_memory (GMemoryMonitor *monitor, GMemoryMonitorWarningLevel level, AppRest *self)
{
  if (may_go (self))
    app_engine_unload (self->engine);
}

/* ---- object ---- */

static void
app_rest_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AppRest *self = APP_REST (object);

  switch (id) {
  case PROP_MINUTES:
    self->minutes = g_value_get_int (value);
    if (self->engine)
      update_timer (self);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_rest_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_MINUTES:
    g_value_set_int (value, APP_REST (object)->minutes);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_rest_dispose (GObject *object)
{
  AppRest *self = APP_REST (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->engine);
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (app_rest_parent_class)->dispose (object);
}

static void
app_rest_class_init (AppRestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = app_rest_dispose;
  object_class->set_property = app_rest_set_property;
  object_class->get_property = app_rest_get_property;
  properties[PROP_MINUTES] = g_param_spec_int ("minutes", NULL, NULL, 0, G_MAXINT, USUAL_MINUTES, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_rest_init (AppRest *self)
{
  self->minutes = USUAL_MINUTES;
  self->clock = g_get_monotonic_time;
}

void
app_rest_set_clock (AppRest *self, AppRestClock clock)
{
  self->clock = clock ? clock : g_get_monotonic_time;
  on_used (self);
}

AppRest *
app_rest_new (AppEngine *engine, GMemoryMonitor *monitor)
{
  AppRest *self = g_object_new (APP_TYPE_REST, NULL);

  self->engine = g_object_ref (engine);
  self->monitor = monitor ? g_object_ref (monitor) : g_memory_monitor_dup_default ();
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (on_used), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::busy", G_CALLBACK (on_used), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::held", G_CALLBACK (on_place), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::place", G_CALLBACK (on_place), self, G_CONNECT_SWAPPED);
  if (self->monitor)
    g_signal_connect_object (self->monitor, "low-memory-warning", G_CALLBACK (on_low_memory), self, 0);
  on_used (self);
  return self;
}
