/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calc.h"

#include <string.h>

const char *const calc_base_units[CALC_N_DIMENSIONS] = { "m", "kg", "s", "months", "K", "bit", "A" };

#define LENGTH { 1 }
#define AREA { 2 }
#define VOLUME { 3 }
#define MASS { 0, 1 }
#define TIME { 0, 0, 1 }
#define MONTHS { 0, 0, 0, 1 }
#define TEMPERATURE { 0, 0, 0, 0, 1 }
#define DATA { 0, 0, 0, 0, 0, 1 }
#define CURRENT { 0, 0, 0, 0, 0, 0, 1 }
#define SPEED { 1, 0, -1 }
#define FREQUENCY { 0, 0, -1 }
#define FORCE { 1, 1, -2 }
#define PRESSURE { -1, 1, -2 }
#define ENERGY { 2, 1, -2 }
#define POWER { 2, 1, -3 }
#define VOLTAGE { 2, 1, -3, 0, 0, 0, -1 }
#define CHARGE { 0, 0, 1, 0, 0, 0, 1 }

/* Factors are exact by definition: the international yard and pound, the thermochemical calorie, the US gallon of 231 cubic inches, the Julian names left out. */
static const CalcUnit units[] = {
  { "m metre metres meter meters", "1", NULL, LENGTH },
  { "km kilometre kilometres kilometer kilometers", "1000", NULL, LENGTH },
  { "dm", "1/10", NULL, LENGTH },
  { "cm centimetre centimetres centimeter centimeters", "1/100", NULL, LENGTH },
  { "mm millimetre millimetres millimeter millimeters", "1/1000", NULL, LENGTH },
  { "µm um micrometre micrometres", "1/1000000", NULL, LENGTH },
  { "nm nanometre nanometres", "1/1000000000", NULL, LENGTH },
  { "mi mile miles", "1609344/1000", NULL, LENGTH },
  { "yd yard yards", "9144/10000", NULL, LENGTH },
  { "ft foot feet", "3048/10000", NULL, LENGTH },
  { "inch inches", "254/10000", NULL, LENGTH },
  { "nmi", "1852", NULL, LENGTH },
  { "m² m2 sqm", "1", NULL, AREA },
  { "km² km2", "1000000", NULL, AREA },
  { "cm² cm2", "1/10000", NULL, AREA },
  { "ha hectare hectares", "10000", NULL, AREA },
  { "acre acres", "40468564224/10000000", NULL, AREA },
  { "ft² ft2 sqft", "9290304/100000000", NULL, AREA },
  { "m³ m3", "1", NULL, VOLUME },
  { "cm³ cm3", "1/1000000", NULL, VOLUME },
  { "l L litre litres liter liters", "1/1000", NULL, VOLUME },
  { "dl dL", "1/10000", NULL, VOLUME },
  { "cl cL", "1/100000", NULL, VOLUME },
  { "ml mL millilitre millilitres", "1/1000000", NULL, VOLUME },
  { "gal gallon gallons", "3785411784/1000000000000", NULL, VOLUME },
  { "cup cups", "2365882365/10000000000000", NULL, VOLUME },
  { "kg kilogram kilograms", "1", NULL, MASS },
  { "g gram grams", "1/1000", NULL, MASS },
  { "mg milligram milligrams", "1/1000000", NULL, MASS },
  { "t tonne tonnes", "1000", NULL, MASS },
  { "lb lbs pound pounds", "45359237/100000000", NULL, MASS },
  { "oz ounce ounces", "45359237/1600000000", NULL, MASS },
  { "s sec second seconds", "1", NULL, TIME },
  { "ms millisecond milliseconds", "1/1000", NULL, TIME },
  { "µs us microsecond microseconds", "1/1000000", NULL, TIME },
  { "ns nanosecond nanoseconds", "1/1000000000", NULL, TIME },
  { "min minute minutes", "60", NULL, TIME },
  { "h hr hour hours", "3600", NULL, TIME },
  { "days day d", "86400", NULL, TIME },
  { "weeks week", "604800", NULL, TIME },
  { "months month", "1", NULL, MONTHS },
  { "years year", "12", NULL, MONTHS },
  { "K kelvin", "1", NULL, TEMPERATURE },
  { "°C degC C celsius", "1", "27315/100", TEMPERATURE },
  { "°F degF F fahrenheit", "5/9", "45967/180", TEMPERATURE },
  { "bit bits", "1", NULL, DATA },
  { "kbit", "1000", NULL, DATA },
  { "Mbit", "1000000", NULL, DATA },
  { "Gbit", "1000000000", NULL, DATA },
  { "B byte bytes", "8", NULL, DATA },
  { "kB KB", "8000", NULL, DATA },
  { "MB", "8000000", NULL, DATA },
  { "GB", "8000000000", NULL, DATA },
  { "TB", "8000000000000", NULL, DATA },
  { "KiB", "8192", NULL, DATA },
  { "MiB", "8388608", NULL, DATA },
  { "GiB", "8589934592", NULL, DATA },
  { "TiB", "8796093022208", NULL, DATA },
  { "A ampere amperes", "1", NULL, CURRENT },
  { "mA", "1/1000", NULL, CURRENT },
  { "Ah", "3600", NULL, CHARGE },
  { "mAh", "36/10", NULL, CHARGE },
  { "V volt volts", "1", NULL, VOLTAGE },
  { "mph", "44704/100000", NULL, SPEED },
  { "kn knot knots", "1852/3600", NULL, SPEED },
  { "Hz", "1", NULL, FREQUENCY },
  { "kHz", "1000", NULL, FREQUENCY },
  { "MHz", "1000000", NULL, FREQUENCY },
  { "GHz", "1000000000", NULL, FREQUENCY },
  { "N newton", "1", NULL, FORCE },
  { "Pa", "1", NULL, PRESSURE },
  { "hPa mbar", "100", NULL, PRESSURE },
  { "kPa", "1000", NULL, PRESSURE },
  { "bar", "100000", NULL, PRESSURE },
  { "J joule joules", "1", NULL, ENERGY },
  { "kJ", "1000", NULL, ENERGY },
  { "MJ", "1000000", NULL, ENERGY },
  { "Wh", "3600", NULL, ENERGY },
  { "kWh", "3600000", NULL, ENERGY },
  { "MWh", "3600000000", NULL, ENERGY },
  { "cal", "4184/1000", NULL, ENERGY },
  { "kcal", "4184", NULL, ENERGY },
  { "W watt watts", "1", NULL, POWER },
  { "kW", "1000", NULL, POWER },
  { "MW", "1000000", NULL, POWER },
  { "mW", "1/1000", NULL, POWER },
};

const CalcUnit *
calc_unit_find (const char *name, gsize n_bytes)
{
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    for (const char *word = units[i].names; *word != '\0';) {
      gsize length = strcspn (word, " ");
      if (length == n_bytes && memcmp (word, name, n_bytes) == 0)
        return &units[i];
      word += length;
      word += *word == ' ';
    }
  return NULL;
}

const CalcUnit *
calc_unit_get (guint index)
{
  return index < G_N_ELEMENTS (units) ? &units[index] : NULL;
}

char *
calc_unit_dup_name (const CalcUnit *unit)
{
  return g_strndup (unit->names, strcspn (unit->names, " "));
}
