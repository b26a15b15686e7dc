/* SPDX-License-Identifier: MIT */
/* Joules from a made-up sysfs: several packages, counters that begin again, what cannot be read, batteries. */
#include "energy.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *root;
static GPtrArray *written; /* files, to be removed again */

static void
put (const char *path, const char *text)
{
  g_autofree char *whole = g_build_filename (root, "class", path, NULL), *folder = g_path_get_dirname (whole);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (whole, text, -1, NULL));
  g_ptr_array_add (written, g_steal_pointer (&whole));
}

static void
zone (const char *name, const char *kind, const char *energy)
{
  g_autofree char *a = g_strdup_printf ("powercap/%s/name", name), *b = g_strdup_printf ("powercap/%s/energy_uj", name), *c = g_strdup_printf ("powercap/%s/max_energy_range_uj", name);

  put (a, kind);
  put (b, energy);
  put (c, "262143328850\n");
}

static void
clear (void)
{
  for (guint i = 0; i < written->len; i++) {
    g_autofree char *folder = g_path_get_dirname (written->pdata[i]);

    g_unlink (written->pdata[i]);
    g_rmdir (folder);
  }
  g_ptr_array_set_size (written, 0);
}

static double
joules (const EngineEnergy *energy, const char *source)
{
  double value = -1;

  g_assert_cmpstr (engine_energy_source (energy), ==, source);
  g_assert_true (engine_energy_joules (energy, &value) == (source != NULL));
  return value;
}

static void
test_none (void)
{
  EngineEnergy *energy = engine_energy_new (root), *nowhere = engine_energy_new ("/no/such/place");

  for (int i = 0; i < 3; i++) {
    engine_energy_sample (energy, i);
    engine_energy_sample (nowhere, i);
  }
  joules (energy, NULL);
  joules (nowhere, NULL);
  engine_energy_free (energy);
  engine_energy_free (nowhere);
}

static void
test_rapl (void)
{
  EngineEnergy *energy;

  zone ("intel-rapl:0", "package-0\n", "1000000\n");
  zone ("intel-rapl:0:0", "core\n", "900000\n");
  zone ("intel-rapl:0:1", "dram\n", "5000000\n");
  zone ("intel-rapl:1", "package-1\n", "262143000000\n");
  zone ("intel-rapl:2", "psys\n", "77\n");
  zone ("dtpm", "package-9\n", "0\n");
  energy = engine_energy_new (root);
  engine_energy_sample (energy, 0);
  joules (energy, NULL); /* of one moment there is none */
  zone ("intel-rapl:0", "package-0\n", "3500000\n");
  zone ("intel-rapl:0:0", "core\n", "990000000\n");
  zone ("intel-rapl:0:1", "dram\n", "5250000\n");
  zone ("intel-rapl:1", "package-1\n", "671150\n"); /* begun again */
  zone ("intel-rapl:2", "psys\n", "99999999\n");
  zone ("dtpm", "package-9\n", "99999999\n");
  engine_energy_sample (energy, 100);
  g_assert_cmpfloat_with_epsilon (joules (energy, "rapl"), 2.5 + 0.25 + 1.0, 1e-9);
  zone ("intel-rapl:1", "package-1\n", "1671150\n");
  engine_energy_sample (energy, 101);
  g_assert_cmpfloat_with_epsilon (joules (energy, "rapl"), 4.75, 1e-9);
  /* One that is gone makes the sum worthless. */
  clear ();
  engine_energy_sample (energy, 102);
  joules (energy, NULL);
  engine_energy_free (energy);
}

/* As since Linux 5.10 for everybody but root; root reads everything, so for it a folder stands in the file's place. */
static void
test_forbidden (void)
{
  g_autofree char *path = g_build_filename (root, "class/powercap/intel-rapl:0/energy_uj", NULL);
  EngineEnergy *energy;

  zone ("intel-rapl:0", "package-0\n", "1000000\n");
  if (geteuid () == 0) {
    g_unlink (path);
    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  } else
    g_assert_cmpint (g_chmod (path, 0), ==, 0);
  energy = engine_energy_new (root);
  engine_energy_sample (energy, 0);
  engine_energy_sample (energy, 1);
  joules (energy, NULL);
  engine_energy_free (energy);
  g_rmdir (path);
  clear ();
}

static void
test_battery (void)
{
  EngineEnergy *energy;

  put ("power_supply/BAT0/type", "Battery\n");
  put ("power_supply/BAT0/status", "Discharging\n");
  put ("power_supply/BAT0/power_now", "10000000\n");
  put ("power_supply/BAT1/type", "Battery\n");
  put ("power_supply/BAT1/status", "Discharging\n");
  put ("power_supply/BAT1/current_now", "500000\n");
  put ("power_supply/BAT1/voltage_now", "12000000\n");
  put ("power_supply/AC/type", "Mains\n");
  put ("power_supply/mouse/type", "Battery\n");
  put ("power_supply/mouse/scope", "Device\n");
  put ("power_supply/mouse/status", "Discharging\n");
  put ("power_supply/mouse/power_now", "99000000\n");
  energy = engine_energy_new (root);
  engine_energy_sample (energy, 10);
  put ("power_supply/BAT0/power_now", "14000000\n");
  engine_energy_sample (energy, 11);
  engine_energy_sample (energy, 11.5);
  g_assert_cmpfloat_with_epsilon (joules (energy, "battery"), 18 + 10, 1e-9);
  engine_energy_free (energy);

  /* What it did in a long pause nobody knows. */
  energy = engine_energy_new (root);
  engine_energy_sample (energy, 0);
  engine_energy_sample (energy, 10);
  joules (energy, NULL);
  engine_energy_free (energy);

  energy = engine_energy_new (root);
  engine_energy_sample (energy, 0);
  put ("power_supply/BAT1/status", "Charging\n");
  put ("power_supply/BAT0/status", "Charging\n");
  engine_energy_sample (energy, 1);
  joules (energy, NULL);
  engine_energy_free (energy);
  clear ();
}

static void
test_nonsense (void)
{
  static const char *const texts[] = { "", "\n", "-5\n", "many\n", "12 34\n", "0x10\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    EngineEnergy *energy;

    zone ("intel-rapl:0", "package-0\n", texts[i]);
    energy = engine_energy_new (root);
    engine_energy_sample (energy, 0);
    engine_energy_sample (energy, 1);
    joules (energy, NULL);
    engine_energy_free (energy);
  }
  clear ();
}

int
main (int argc, char **argv)
{
  static const char *const folders[] = { "class/powercap", "class/power_supply", "class", "" };
  int status;

  g_test_init (&argc, &argv, NULL);
  root = g_dir_make_tmp ("melete-energy-XXXXXX", NULL);
  g_assert_nonnull (root);
  written = g_ptr_array_new_with_free_func (g_free);
  g_test_add_func ("/energy/none", test_none);
  g_test_add_func ("/energy/rapl", test_rapl);
  g_test_add_func ("/energy/forbidden", test_forbidden);
  g_test_add_func ("/energy/battery", test_battery);
  g_test_add_func ("/energy/nonsense", test_nonsense);
  status = g_test_run ();
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_build_filename (root, folders[i], NULL);

    g_rmdir (path);
  }
  g_ptr_array_unref (written);
  g_free (root);
  return status;
}
