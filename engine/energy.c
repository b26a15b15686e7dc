/* SPDX-License-Identifier: MIT */
#include "energy.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define MOST_COUNTERS 64
#define MOST_GAP 2.0 /* seconds between two samples of a battery, beyond which its power is not known */

/* A counter of microjoules that begins again at 0 after `range`. */
typedef struct {
  char     path[300];
  uint64_t last, range;
} Counter;

struct EngineEnergy {
  char     powercap[220], supplies[220];
  Counter  counters[MOST_COUNTERS];
  int      n_counters, n_samples;
  bool     counters_failed, battery_failed;
  double   counted, discharged; /* joules */
  double   last_seconds, last_watts;
};

static bool
read_text (const char *folder, const char *name, char *text, size_t n)
{
  char path[600];
  FILE *file;
  size_t got;

  snprintf (path, sizeof path, "%s/%s", folder, name);
  file = fopen (path, "re");
  if (!file)
    return false;
  got = fread (text, 1, n - 1, file);
  fclose (file);
  text[got] = '\0';
  text[strcspn (text, "\n")] = '\0';
  return got > 0;
}

static bool
read_number (const char *folder, const char *name, uint64_t *value)
{
  char text[32], *end;

  if (!read_text (folder, name, text, sizeof text) || text[0] < '0' || text[0] > '9')
    return false;
  *value = strtoull (text, &end, 10);
  return *end == '\0';
}

/* ---- counters ------------------------------------------------------------------------ */

/* Zones are called intel-rapl:0 (a package) and, in it, intel-rapl:0:1. What a package counts holds its cores; its memory stands apart. A zone of the whole
 * platform holds the packages, which would be counted twice. */
static void
find_counters (EngineEnergy *energy)
{
  DIR *folder = opendir (energy->powercap);
  char inside[sizeof energy->powercap];
  struct dirent *entry;

  memcpy (inside, energy->powercap, sizeof inside);
  while (folder && (entry = readdir (folder))) {
    Counter *counter = &energy->counters[energy->n_counters];
    char kind[64];

    if (strncmp (entry->d_name, "intel-rapl:", 11) != 0 || strlen (entry->d_name) > 60 || energy->n_counters == MOST_COUNTERS)
      continue;
    snprintf (counter->path, sizeof counter->path, "%s/%.60s", inside, entry->d_name);
    if (read_text (counter->path, "name", kind, sizeof kind) && (strncmp (kind, "package", 7) == 0 || strcmp (kind, "dram") == 0))
      energy->n_counters++;
  }
  if (folder)
    closedir (folder);
}

/* One that cannot be read makes the sum wrong: then there is none. */
static void
sample_counters (EngineEnergy *energy)
{
  for (int i = 0; i < energy->n_counters && !energy->counters_failed; i++) {
    Counter *counter = &energy->counters[i];
    uint64_t now, passed;

    if (!read_number (counter->path, "energy_uj", &now) || (energy->n_samples == 0 && !read_number (counter->path, "max_energy_range_uj", &counter->range))) {
      energy->counters_failed = true;
      return;
    }
    passed = now >= counter->last ? now - counter->last : now + (counter->range - counter->last);
    if (energy->n_samples > 0 && now < counter->last && counter->range < counter->last) {
      energy->counters_failed = true;
      return;
    }
    if (energy->n_samples > 0)
      energy->counted += (double) passed * 1e-6;
    counter->last = now;
  }
}

/* ---- batteries ----------------------------------------------------------------------- */

/* What all batteries that discharge give now; false when there is none, or one does not tell. */
static bool
discharge (const EngineEnergy *energy, double *watts)
{
  DIR *folder = opendir (energy->supplies);
  struct dirent *entry;
  bool found = false, ok = true;

  *watts = 0;
  while (folder && (entry = readdir (folder))) {
    char path[300], text[32];
    uint64_t power, current, voltage;

    if (entry->d_name[0] == '.' || strlen (entry->d_name) > 60)
      continue;
    snprintf (path, sizeof path, "%s/%.60s", energy->supplies, entry->d_name);
    /* A mouse has a battery too, of "scope" Device. */
    if (!read_text (path, "type", text, sizeof text) || strcmp (text, "Battery") != 0 || (read_text (path, "scope", text, sizeof text) && strcmp (text, "Device") == 0) ||
        !read_text (path, "status", text, sizeof text) || strcmp (text, "Discharging") != 0)
      continue;
    found = true;
    if (read_number (path, "power_now", &power))
      *watts += (double) power * 1e-6;
    else if (read_number (path, "current_now", &current) && read_number (path, "voltage_now", &voltage))
      *watts += (double) current * 1e-6 * ((double) voltage * 1e-6);
    else
      ok = false;
  }
  if (folder)
    closedir (folder);
  return found && ok;
}

static void
sample_battery (EngineEnergy *energy, double seconds)
{
  double watts, passed = seconds - energy->last_seconds;

  if (energy->battery_failed || !discharge (energy, &watts) || (energy->n_samples > 0 && !(passed >= 0 && passed <= MOST_GAP))) {
    energy->battery_failed = true;
    return;
  }
  if (energy->n_samples > 0)
    energy->discharged += (energy->last_watts + watts) / 2 * passed;
  energy->last_watts = watts;
}

/* ---- both ---------------------------------------------------------------------------- */

EngineEnergy *
engine_energy_new (const char *sysfs)
{
  EngineEnergy *energy = engine_calloc (1, sizeof *energy, NULL);

  if (!energy)
    return NULL;
  snprintf (energy->powercap, sizeof energy->powercap, "%.180s/class/powercap", sysfs ? sysfs : "/sys");
  snprintf (energy->supplies, sizeof energy->supplies, "%.180s/class/power_supply", sysfs ? sysfs : "/sys");
  find_counters (energy);
  energy->counters_failed = energy->n_counters == 0;
  return energy;
}

void
engine_energy_free (EngineEnergy *energy)
{
  free (energy);
}

void
engine_energy_sample (EngineEnergy *energy, double seconds)
{
  sample_counters (energy);
  sample_battery (energy, seconds);
  energy->last_seconds = seconds;
  energy->n_samples++;
}

bool
engine_energy_joules (const EngineEnergy *energy, double *joules)
{
  if (energy->n_samples < 2 || (energy->counters_failed && energy->battery_failed))
    return false;
  *joules = energy->counters_failed ? energy->discharged : energy->counted;
  return true;
}

const char *
engine_energy_source (const EngineEnergy *energy)
{
  double joules;

  return !engine_energy_joules (energy, &joules) ? NULL : energy->counters_failed ? "battery" : "rapl";
}
