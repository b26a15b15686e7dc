/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The characters that have a command or a class of their own, and the alphabets of letters. */
#include "app-formula.h"

#include <glib/gi18n.h>

/* A character with several commands is read and spaced as the first of them. Signs of the keyboard are found by their character, and as
 * commands by their name: | is a bar, and \| a double one. */
static const AppFormulaSymbol symbols[] = {
  { ":", 0x003a, APP_FORMULA_REL, N_("colon") },
  { "vert", 0x007c, APP_FORMULA_ORD, N_("bar") },
  { "Vert", 0x2016, APP_FORMULA_ORD, N_("double bar") },
  { "|", 0x2016, APP_FORMULA_ORD, N_("double bar") },
  { "alpha", 0x03b1, APP_FORMULA_ORD, N_("alpha") },
  { "beta", 0x03b2, APP_FORMULA_ORD, N_("beta") },
  { "gamma", 0x03b3, APP_FORMULA_ORD, N_("gamma") },
  { "delta", 0x03b4, APP_FORMULA_ORD, N_("delta") },
  { "epsilon", 0x03f5, APP_FORMULA_ORD, N_("epsilon") },
  { "varepsilon", 0x03b5, APP_FORMULA_ORD, N_("epsilon") },
  { "zeta", 0x03b6, APP_FORMULA_ORD, N_("zeta") },
  { "eta", 0x03b7, APP_FORMULA_ORD, N_("eta") },
  { "theta", 0x03b8, APP_FORMULA_ORD, N_("theta") },
  { "vartheta", 0x03d1, APP_FORMULA_ORD, N_("theta") },
  { "iota", 0x03b9, APP_FORMULA_ORD, N_("iota") },
  { "kappa", 0x03ba, APP_FORMULA_ORD, N_("kappa") },
  { "lambda", 0x03bb, APP_FORMULA_ORD, N_("lambda") },
  { "mu", 0x03bc, APP_FORMULA_ORD, N_("mu") },
  { "nu", 0x03bd, APP_FORMULA_ORD, N_("nu") },
  { "xi", 0x03be, APP_FORMULA_ORD, N_("xi") },
  { "omicron", 0x03bf, APP_FORMULA_ORD, N_("omicron") },
  { "pi", 0x03c0, APP_FORMULA_ORD, N_("pi") },
  { "varpi", 0x03d6, APP_FORMULA_ORD, N_("pi") },
  { "rho", 0x03c1, APP_FORMULA_ORD, N_("rho") },
  { "varrho", 0x03f1, APP_FORMULA_ORD, N_("rho") },
  { "sigma", 0x03c3, APP_FORMULA_ORD, N_("sigma") },
  { "varsigma", 0x03c2, APP_FORMULA_ORD, N_("sigma") },
  { "tau", 0x03c4, APP_FORMULA_ORD, N_("tau") },
  { "upsilon", 0x03c5, APP_FORMULA_ORD, N_("upsilon") },
  { "phi", 0x03d5, APP_FORMULA_ORD, N_("phi") },
  { "varphi", 0x03c6, APP_FORMULA_ORD, N_("phi") },
  { "chi", 0x03c7, APP_FORMULA_ORD, N_("chi") },
  { "psi", 0x03c8, APP_FORMULA_ORD, N_("psi") },
  { "omega", 0x03c9, APP_FORMULA_ORD, N_("omega") },
  { "Gamma", 0x0393, APP_FORMULA_ORD, N_("capital gamma") },
  { "Delta", 0x0394, APP_FORMULA_ORD, N_("capital delta") },
  { "Theta", 0x0398, APP_FORMULA_ORD, N_("capital theta") },
  { "Lambda", 0x039b, APP_FORMULA_ORD, N_("capital lambda") },
  { "Xi", 0x039e, APP_FORMULA_ORD, N_("capital xi") },
  { "Pi", 0x03a0, APP_FORMULA_ORD, N_("capital pi") },
  { "Sigma", 0x03a3, APP_FORMULA_ORD, N_("capital sigma") },
  { "Upsilon", 0x03a5, APP_FORMULA_ORD, N_("capital upsilon") },
  { "Phi", 0x03a6, APP_FORMULA_ORD, N_("capital phi") },
  { "Psi", 0x03a8, APP_FORMULA_ORD, N_("capital psi") },
  { "Omega", 0x03a9, APP_FORMULA_ORD, N_("capital omega") },
  { "infty", 0x221e, APP_FORMULA_ORD, N_("infinity") },
  { "partial", 0x2202, APP_FORMULA_ORD, N_("partial") },
  { "nabla", 0x2207, APP_FORMULA_ORD, N_("nabla") },
  { "hbar", 0x210f, APP_FORMULA_ORD, N_("h bar") },
  { "hslash", 0x210f, APP_FORMULA_ORD, N_("h bar") },
  { "ell", 0x2113, APP_FORMULA_ORD, N_("ell") },
  { "Re", 0x211c, APP_FORMULA_ORD, N_("real part") },
  { "Im", 0x2111, APP_FORMULA_ORD, N_("imaginary part") },
  { "wp", 0x2118, APP_FORMULA_ORD, NULL },
  { "aleph", 0x2135, APP_FORMULA_ORD, N_("aleph") },
  { "beth", 0x2136, APP_FORMULA_ORD, N_("beth") },
  { "imath", 0x0131, APP_FORMULA_ORD, N_("i") },
  { "jmath", 0x0237, APP_FORMULA_ORD, N_("j") },
  { "emptyset", 0x2205, APP_FORMULA_ORD, N_("the empty set") },
  { "varnothing", 0x2205, APP_FORMULA_ORD, N_("the empty set") },
  { "forall", 0x2200, APP_FORMULA_ORD, N_("for all") },
  { "exists", 0x2203, APP_FORMULA_ORD, N_("there exists") },
  { "nexists", 0x2204, APP_FORMULA_ORD, N_("there does not exist") },
  { "neg", 0x00ac, APP_FORMULA_ORD, N_("not") },
  { "lnot", 0x00ac, APP_FORMULA_ORD, N_("not") },
  { "top", 0x22a4, APP_FORMULA_ORD, N_("top") },
  { "bot", 0x22a5, APP_FORMULA_ORD, N_("bottom") },
  { "angle", 0x2220, APP_FORMULA_ORD, N_("angle") },
  { "measuredangle", 0x2221, APP_FORMULA_ORD, N_("measured angle") },
  { "triangle", 0x25b3, APP_FORMULA_ORD, N_("triangle") },
  { "square", 0x25a1, APP_FORMULA_ORD, N_("square") },
  { "Box", 0x25a1, APP_FORMULA_ORD, N_("square") },
  { "blacksquare", 0x25a0, APP_FORMULA_ORD, N_("black square") },
  { "bigstar", 0x2605, APP_FORMULA_ORD, N_("star") },
  { "diamondsuit", 0x2662, APP_FORMULA_ORD, N_("diamonds") },
  { "heartsuit", 0x2661, APP_FORMULA_ORD, N_("hearts") },
  { "clubsuit", 0x2663, APP_FORMULA_ORD, N_("clubs") },
  { "spadesuit", 0x2660, APP_FORMULA_ORD, N_("spades") },
  { "flat", 0x266d, APP_FORMULA_ORD, N_("flat") },
  { "sharp", 0x266f, APP_FORMULA_ORD, N_("sharp") },
  { "natural", 0x266e, APP_FORMULA_ORD, N_("natural") },
  { "degree", 0x00b0, APP_FORMULA_ORD, N_("degrees") },
  { "prime", 0x2032, APP_FORMULA_ORD, N_("prime") },
  { "backprime", 0x2035, APP_FORMULA_ORD, N_("back prime") },
  { "checkmark", 0x2713, APP_FORMULA_ORD, N_("check mark") },
  { "dagger", 0x2020, APP_FORMULA_BIN, N_("dagger") },
  { "ddagger", 0x2021, APP_FORMULA_BIN, N_("double dagger") },
  { "S", 0x00a7, APP_FORMULA_ORD, N_("section") },
  { "P", 0x00b6, APP_FORMULA_ORD, N_("paragraph") },
  { "copyright", 0x00a9, APP_FORMULA_ORD, NULL },
  { "pounds", 0x00a3, APP_FORMULA_ORD, N_("pounds") },
  { "yen", 0x00a5, APP_FORMULA_ORD, N_("yen") },
  { "euro", 0x20ac, APP_FORMULA_ORD, N_("euros") },
  { "surd", 0x221a, APP_FORMULA_ORD, N_("root") },
  { "complement", 0x2201, APP_FORMULA_ORD, N_("complement") },
  { "eth", 0x00f0, APP_FORMULA_ORD, NULL },
  { "ldots", 0x2026, APP_FORMULA_INNER, N_("dots") },
  { "dots", 0x2026, APP_FORMULA_INNER, N_("dots") },
  { "dotsc", 0x2026, APP_FORMULA_INNER, N_("dots") },
  { "dotso", 0x2026, APP_FORMULA_INNER, N_("dots") },
  { "cdots", 0x22ef, APP_FORMULA_INNER, N_("dots") },
  { "dotsb", 0x22ef, APP_FORMULA_INNER, N_("dots") },
  { "dotsm", 0x22ef, APP_FORMULA_INNER, N_("dots") },
  { "dotsi", 0x22ef, APP_FORMULA_INNER, N_("dots") },
  { "vdots", 0x22ee, APP_FORMULA_ORD, N_("dots") },
  { "ddots", 0x22f1, APP_FORMULA_INNER, N_("dots") },
  { "iddots", 0x22f0, APP_FORMULA_INNER, N_("dots") },
  { "cdotp", 0x22c5, APP_FORMULA_PUNCT, N_("dot") },
  { "colon", 0x003a, APP_FORMULA_PUNCT, N_("colon") },
  { "sum", 0x2211, APP_FORMULA_OP, N_("sum"), TRUE },
  { "prod", 0x220f, APP_FORMULA_OP, N_("product"), TRUE },
  { "coprod", 0x2210, APP_FORMULA_OP, N_("coproduct"), TRUE },
  { "bigcup", 0x22c3, APP_FORMULA_OP, N_("union"), TRUE },
  { "bigcap", 0x22c2, APP_FORMULA_OP, N_("intersection"), TRUE },
  { "bigvee", 0x22c1, APP_FORMULA_OP, N_("or"), TRUE },
  { "bigwedge", 0x22c0, APP_FORMULA_OP, N_("and"), TRUE },
  { "bigoplus", 0x2a01, APP_FORMULA_OP, N_("direct sum"), TRUE },
  { "bigotimes", 0x2a02, APP_FORMULA_OP, N_("tensor product"), TRUE },
  { "bigodot", 0x2a00, APP_FORMULA_OP, N_("circled dot"), TRUE },
  { "biguplus", 0x2a04, APP_FORMULA_OP, N_("disjoint union"), TRUE },
  { "bigsqcup", 0x2a06, APP_FORMULA_OP, N_("square union"), TRUE },
  { "int", 0x222b, APP_FORMULA_OP, N_("integral") },
  { "iint", 0x222c, APP_FORMULA_OP, N_("double integral") },
  { "iiint", 0x222d, APP_FORMULA_OP, N_("triple integral") },
  { "oint", 0x222e, APP_FORMULA_OP, N_("contour integral") },
  { "oiint", 0x222f, APP_FORMULA_OP, N_("surface integral") },
  { "+", 0x002b, APP_FORMULA_BIN, N_("plus") },
  { "-", 0x2212, APP_FORMULA_BIN, N_("minus") },
  { "*", 0x2217, APP_FORMULA_BIN, N_("times") },
  { "pm", 0x00b1, APP_FORMULA_BIN, N_("plus or minus") },
  { "mp", 0x2213, APP_FORMULA_BIN, N_("minus or plus") },
  { "times", 0x00d7, APP_FORMULA_BIN, N_("times") },
  { "div", 0x00f7, APP_FORMULA_BIN, N_("divided by") },
  { "cdot", 0x22c5, APP_FORMULA_BIN, N_("times") },
  { "ast", 0x2217, APP_FORMULA_BIN, N_("star") },
  { "star", 0x22c6, APP_FORMULA_BIN, N_("star") },
  { "circ", 0x2218, APP_FORMULA_BIN, N_("composed with") },
  { "bullet", 0x2219, APP_FORMULA_BIN, N_("bullet") },
  { "cap", 0x2229, APP_FORMULA_BIN, N_("intersection") },
  { "cup", 0x222a, APP_FORMULA_BIN, N_("union") },
  { "uplus", 0x228e, APP_FORMULA_BIN, N_("disjoint union") },
  { "sqcap", 0x2293, APP_FORMULA_BIN, N_("square intersection") },
  { "sqcup", 0x2294, APP_FORMULA_BIN, N_("square union") },
  { "vee", 0x2228, APP_FORMULA_BIN, N_("or") },
  { "lor", 0x2228, APP_FORMULA_BIN, N_("or") },
  { "wedge", 0x2227, APP_FORMULA_BIN, N_("and") },
  { "land", 0x2227, APP_FORMULA_BIN, N_("and") },
  { "setminus", 0x2216, APP_FORMULA_BIN, N_("without") },
  { "smallsetminus", 0x2216, APP_FORMULA_BIN, N_("without") },
  { "wr", 0x2240, APP_FORMULA_BIN, N_("wreath") },
  { "diamond", 0x22c4, APP_FORMULA_BIN, N_("diamond") },
  { "oplus", 0x2295, APP_FORMULA_BIN, N_("circled plus") },
  { "ominus", 0x2296, APP_FORMULA_BIN, N_("circled minus") },
  { "otimes", 0x2297, APP_FORMULA_BIN, N_("circled times") },
  { "oslash", 0x2298, APP_FORMULA_BIN, N_("circled slash") },
  { "odot", 0x2299, APP_FORMULA_BIN, N_("circled dot") },
  { "amalg", 0x2a3f, APP_FORMULA_BIN, N_("coproduct") },
  { "ltimes", 0x22c9, APP_FORMULA_BIN, N_("left semidirect product") },
  { "rtimes", 0x22ca, APP_FORMULA_BIN, N_("semidirect product") },
  { "boxplus", 0x229e, APP_FORMULA_BIN, N_("boxed plus") },
  { "boxtimes", 0x22a0, APP_FORMULA_BIN, N_("boxed times") },
  { "bigtriangleup", 0x25b3, APP_FORMULA_BIN, N_("triangle") },
  { "bigtriangledown", 0x25bd, APP_FORMULA_BIN, N_("triangle down") },
  { "triangleleft", 0x25c1, APP_FORMULA_BIN, N_("triangle left") },
  { "triangleright", 0x25b7, APP_FORMULA_BIN, N_("triangle right") },
  { "bigcirc", 0x25ef, APP_FORMULA_BIN, N_("circle") },
  { "dotplus", 0x2214, APP_FORMULA_BIN, N_("plus") },
  { "veebar", 0x22bb, APP_FORMULA_BIN, N_("exclusive or") },
  { "barwedge", 0x22bc, APP_FORMULA_BIN, N_("not and") },
  { "=", 0x003d, APP_FORMULA_REL, N_("equals") },
  { "<", 0x003c, APP_FORMULA_REL, N_("is less than") },
  { ">", 0x003e, APP_FORMULA_REL, N_("is greater than") },
  { "lt", 0x003c, APP_FORMULA_REL, N_("is less than") },
  { "gt", 0x003e, APP_FORMULA_REL, N_("is greater than") },
  { "leq", 0x2264, APP_FORMULA_REL, N_("is at most") },
  { "le", 0x2264, APP_FORMULA_REL, N_("is at most") },
  { "geq", 0x2265, APP_FORMULA_REL, N_("is at least") },
  { "ge", 0x2265, APP_FORMULA_REL, N_("is at least") },
  { "leqslant", 0x2a7d, APP_FORMULA_REL, N_("is at most") },
  { "geqslant", 0x2a7e, APP_FORMULA_REL, N_("is at least") },
  { "neq", 0x2260, APP_FORMULA_REL, N_("is not equal to") },
  { "ne", 0x2260, APP_FORMULA_REL, N_("is not equal to") },
  { "ll", 0x226a, APP_FORMULA_REL, N_("is much less than") },
  { "gg", 0x226b, APP_FORMULA_REL, N_("is much greater than") },
  { "equiv", 0x2261, APP_FORMULA_REL, N_("is equivalent to") },
  { "sim", 0x223c, APP_FORMULA_REL, N_("is similar to") },
  { "simeq", 0x2243, APP_FORMULA_REL, N_("is asymptotically equal to") },
  { "approx", 0x2248, APP_FORMULA_REL, N_("is approximately") },
  { "approxeq", 0x224a, APP_FORMULA_REL, N_("is approximately") },
  { "cong", 0x2245, APP_FORMULA_REL, N_("is congruent to") },
  { "propto", 0x221d, APP_FORMULA_REL, N_("is proportional to") },
  { "doteq", 0x2250, APP_FORMULA_REL, N_("approaches") },
  { "triangleq", 0x225c, APP_FORMULA_REL, N_("is defined as") },
  { "coloneqq", 0x2254, APP_FORMULA_REL, N_("is defined as") },
  { "coloneq", 0x2254, APP_FORMULA_REL, N_("is defined as") },
  { "eqqcolon", 0x2255, APP_FORMULA_REL, N_("defines") },
  { "asymp", 0x224d, APP_FORMULA_REL, N_("is asymptotic to") },
  { "prec", 0x227a, APP_FORMULA_REL, N_("precedes") },
  { "succ", 0x227b, APP_FORMULA_REL, N_("succeeds") },
  { "preceq", 0x2aaf, APP_FORMULA_REL, N_("precedes or equals") },
  { "succeq", 0x2ab0, APP_FORMULA_REL, N_("succeeds or equals") },
  { "lesssim", 0x2272, APP_FORMULA_REL, N_("is less than or similar to") },
  { "gtrsim", 0x2273, APP_FORMULA_REL, N_("is greater than or similar to") },
  { "subset", 0x2282, APP_FORMULA_REL, N_("is a subset of") },
  { "supset", 0x2283, APP_FORMULA_REL, N_("is a superset of") },
  { "subseteq", 0x2286, APP_FORMULA_REL, N_("is a subset of or equal to") },
  { "supseteq", 0x2287, APP_FORMULA_REL, N_("is a superset of or equal to") },
  { "subsetneq", 0x228a, APP_FORMULA_REL, N_("is a proper subset of") },
  { "supsetneq", 0x228b, APP_FORMULA_REL, N_("is a proper superset of") },
  { "sqsubseteq", 0x2291, APP_FORMULA_REL, N_("is below or equal to") },
  { "sqsupseteq", 0x2292, APP_FORMULA_REL, N_("is above or equal to") },
  { "in", 0x2208, APP_FORMULA_REL, N_("in") },
  { "notin", 0x2209, APP_FORMULA_REL, N_("not in") },
  { "ni", 0x220b, APP_FORMULA_REL, N_("contains") },
  { "owns", 0x220b, APP_FORMULA_REL, N_("contains") },
  { "mid", 0x2223, APP_FORMULA_REL, N_("such that") },
  { "nmid", 0x2224, APP_FORMULA_REL, N_("does not divide") },
  { "parallel", 0x2225, APP_FORMULA_REL, N_("is parallel to") },
  { "nparallel", 0x2226, APP_FORMULA_REL, N_("is not parallel to") },
  { "perp", 0x22a5, APP_FORMULA_REL, N_("is perpendicular to") },
  { "vdash", 0x22a2, APP_FORMULA_REL, N_("proves") },
  { "dashv", 0x22a3, APP_FORMULA_REL, NULL },
  { "models", 0x22a7, APP_FORMULA_REL, N_("models") },
  { "vDash", 0x22a8, APP_FORMULA_REL, N_("models") },
  { "Vdash", 0x22a9, APP_FORMULA_REL, N_("forces") },
  { "bowtie", 0x22c8, APP_FORMULA_REL, N_("joined with") },
  { "smile", 0x2323, APP_FORMULA_REL, NULL },
  { "frown", 0x2322, APP_FORMULA_REL, NULL },
  { "because", 0x2235, APP_FORMULA_REL, N_("because") },
  { "therefore", 0x2234, APP_FORMULA_REL, N_("therefore") },
  { "vartriangleleft", 0x22b2, APP_FORMULA_REL, N_("is a normal subgroup of") },
  { "trianglelefteq", 0x22b4, APP_FORMULA_REL, N_("is a normal subgroup of") },
  { "to", 0x2192, APP_FORMULA_REL, N_("to") },
  { "rightarrow", 0x2192, APP_FORMULA_REL, N_("to") },
  { "leftarrow", 0x2190, APP_FORMULA_REL, N_("from") },
  { "gets", 0x2190, APP_FORMULA_REL, N_("gets") },
  { "leftrightarrow", 0x2194, APP_FORMULA_REL, N_("if and only if") },
  { "uparrow", 0x2191, APP_FORMULA_REL, N_("up") },
  { "downarrow", 0x2193, APP_FORMULA_REL, N_("down") },
  { "updownarrow", 0x2195, APP_FORMULA_REL, N_("up and down") },
  { "Rightarrow", 0x21d2, APP_FORMULA_REL, N_("implies") },
  { "Leftarrow", 0x21d0, APP_FORMULA_REL, N_("is implied by") },
  { "Leftrightarrow", 0x21d4, APP_FORMULA_REL, N_("if and only if") },
  { "Uparrow", 0x21d1, APP_FORMULA_REL, N_("up") },
  { "Downarrow", 0x21d3, APP_FORMULA_REL, N_("down") },
  { "Updownarrow", 0x21d5, APP_FORMULA_REL, N_("up and down") },
  { "implies", 0x27f9, APP_FORMULA_REL, N_("implies") },
  { "impliedby", 0x27f8, APP_FORMULA_REL, N_("is implied by") },
  { "iff", 0x27fa, APP_FORMULA_REL, N_("if and only if") },
  { "longrightarrow", 0x27f6, APP_FORMULA_REL, N_("to") },
  { "longleftarrow", 0x27f5, APP_FORMULA_REL, N_("from") },
  { "longleftrightarrow", 0x27f7, APP_FORMULA_REL, N_("if and only if") },
  { "Longrightarrow", 0x27f9, APP_FORMULA_REL, N_("implies") },
  { "Longleftarrow", 0x27f8, APP_FORMULA_REL, N_("is implied by") },
  { "Longleftrightarrow", 0x27fa, APP_FORMULA_REL, N_("if and only if") },
  { "mapsto", 0x21a6, APP_FORMULA_REL, N_("maps to") },
  { "longmapsto", 0x27fc, APP_FORMULA_REL, N_("maps to") },
  { "hookrightarrow", 0x21aa, APP_FORMULA_REL, N_("embeds into") },
  { "hookleftarrow", 0x21a9, APP_FORMULA_REL, NULL },
  { "twoheadrightarrow", 0x21a0, APP_FORMULA_REL, N_("maps onto") },
  { "rightharpoonup", 0x21c0, APP_FORMULA_REL, N_("to") },
  { "rightharpoondown", 0x21c1, APP_FORMULA_REL, N_("to") },
  { "leftharpoonup", 0x21bc, APP_FORMULA_REL, N_("from") },
  { "leftharpoondown", 0x21bd, APP_FORMULA_REL, N_("from") },
  { "rightleftharpoons", 0x21cc, APP_FORMULA_REL, N_("is in equilibrium with") },
  { "leftrightharpoons", 0x21cb, APP_FORMULA_REL, N_("is in equilibrium with") },
  { "rightleftarrows", 0x21c4, APP_FORMULA_REL, N_("is in equilibrium with") },
  { "leadsto", 0x21dd, APP_FORMULA_REL, N_("leads to") },
  { "rightsquigarrow", 0x21dd, APP_FORMULA_REL, N_("leads to") },
  { "nearrow", 0x2197, APP_FORMULA_REL, N_("north east") },
  { "searrow", 0x2198, APP_FORMULA_REL, N_("south east") },
  { "swarrow", 0x2199, APP_FORMULA_REL, N_("south west") },
  { "nwarrow", 0x2196, APP_FORMULA_REL, N_("north west") },
  { "nrightarrow", 0x219b, APP_FORMULA_REL, N_("does not go to") },
  { "nRightarrow", 0x21cf, APP_FORMULA_REL, N_("does not imply") },
  { "circlearrowright", 0x21bb, APP_FORMULA_REL, N_("clockwise") },
  { "circlearrowleft", 0x21ba, APP_FORMULA_REL, N_("anticlockwise") },
  { "(", 0x0028, APP_FORMULA_OPEN, N_("open parenthesis") },
  { "[", 0x005b, APP_FORMULA_OPEN, N_("open bracket") },
  { "{", 0x007b, APP_FORMULA_OPEN, N_("open brace") },
  { "lbrace", 0x007b, APP_FORMULA_OPEN, N_("open brace") },
  { "lbrack", 0x005b, APP_FORMULA_OPEN, N_("open bracket") },
  { "langle", 0x27e8, APP_FORMULA_OPEN, N_("open angle") },
  { "lfloor", 0x230a, APP_FORMULA_OPEN, N_("floor of") },
  { "lceil", 0x2308, APP_FORMULA_OPEN, N_("ceiling of") },
  { "lvert", 0x007c, APP_FORMULA_OPEN, N_("bar") },
  { "lVert", 0x2016, APP_FORMULA_OPEN, N_("double bar") },
  { "llbracket", 0x27e6, APP_FORMULA_OPEN, N_("open double bracket") },
  { "ulcorner", 0x231c, APP_FORMULA_OPEN, NULL },
  { "lgroup", 0x27ee, APP_FORMULA_OPEN, N_("open group") },
  { ")", 0x0029, APP_FORMULA_CLOSE, N_("close parenthesis") },
  { "]", 0x005d, APP_FORMULA_CLOSE, N_("close bracket") },
  { "}", 0x007d, APP_FORMULA_CLOSE, N_("close brace") },
  { "rbrace", 0x007d, APP_FORMULA_CLOSE, N_("close brace") },
  { "rbrack", 0x005d, APP_FORMULA_CLOSE, N_("close bracket") },
  { "rangle", 0x27e9, APP_FORMULA_CLOSE, N_("close angle") },
  { "rfloor", 0x230b, APP_FORMULA_CLOSE, N_("end floor") },
  { "rceil", 0x2309, APP_FORMULA_CLOSE, N_("end ceiling") },
  { "rvert", 0x007c, APP_FORMULA_CLOSE, N_("bar") },
  { "rVert", 0x2016, APP_FORMULA_CLOSE, N_("double bar") },
  { "rrbracket", 0x27e7, APP_FORMULA_CLOSE, N_("close double bracket") },
  { "urcorner", 0x231d, APP_FORMULA_CLOSE, NULL },
  { "rgroup", 0x27ef, APP_FORMULA_CLOSE, N_("close group") },
  { "!", 0x0021, APP_FORMULA_CLOSE, N_("factorial") },
  { "?", 0x003f, APP_FORMULA_CLOSE, NULL },
  { ",", 0x002c, APP_FORMULA_PUNCT, NULL },
  { ";", 0x003b, APP_FORMULA_PUNCT, NULL },
  { "/", 0x002f, APP_FORMULA_ORD, N_("slash") },
  { "slash", 0x002f, APP_FORMULA_ORD, N_("slash") },
  { "backslash", 0x005c, APP_FORMULA_ORD, N_("backslash") },
  { ".", 0x002e, APP_FORMULA_ORD, NULL },
  { "%", 0x0025, APP_FORMULA_ORD, N_("percent") },
  { "$", 0x0024, APP_FORMULA_ORD, N_("dollars") },
  { "#", 0x0023, APP_FORMULA_ORD, N_("number") },
  { "&", 0x0026, APP_FORMULA_ORD, N_("and") },
  { "_", 0x005f, APP_FORMULA_ORD, N_("underscore") },
  { "@", 0x0040, APP_FORMULA_ORD, NULL },
};

/* The table twice: by its names, and by its characters. */
typedef struct {
  GHashTable *names;
  GHashTable *characters;
} Index;

static const Index *
get_index (void)
{
  static Index index;
  static gsize made;

  if (g_once_init_enter (&made)) {
    index.names = g_hash_table_new (g_str_hash, g_str_equal);
    index.characters = g_hash_table_new (NULL, NULL);
    for (gsize i = G_N_ELEMENTS (symbols); i-- > 0;) {
      g_hash_table_insert (index.names, (gpointer) symbols[i].name, (gpointer) &symbols[i]);
      g_hash_table_insert (index.characters, GUINT_TO_POINTER (symbols[i].character), (gpointer) &symbols[i]);
    }
    g_once_init_leave (&made, 1);
  }
  return &index;
}

const AppFormulaSymbol *
app_formula_find_command (const char *name)
{
  return g_hash_table_lookup (get_index ()->names, name);
}

const AppFormulaSymbol *
app_formula_find_character (gunichar character)
{
  return g_hash_table_lookup (get_index ()->characters, GUINT_TO_POINTER (character));
}

/* The first letter of an alphabet's capitals, small letters and digits in Unicode's block of mathematical letters; 0 for none. */
typedef struct {
  gunichar capitals, small, digits;
  gunichar greek_capitals, greek_small;
} Alphabet;

static const Alphabet alphabets[] = {
  [APP_FORMULA_MATH] = { 0x1d434, 0x1d44e, 0, 0, 0x1d6fc },
  [APP_FORMULA_ROMAN] = { 0, 0, 0, 0, 0 },
  [APP_FORMULA_ITALIC] = { 0x1d434, 0x1d44e, 0, 0x1d6e2, 0x1d6fc },
  [APP_FORMULA_BOLD] = { 0x1d400, 0x1d41a, 0x1d7ce, 0x1d6a8, 0x1d6c2 },
  [APP_FORMULA_BOLD_ITALIC] = { 0x1d468, 0x1d482, 0x1d7ce, 0x1d71c, 0x1d736 },
  [APP_FORMULA_SANS] = { 0x1d5a0, 0x1d5ba, 0x1d7e2, 0, 0 },
  [APP_FORMULA_MONO] = { 0x1d670, 0x1d68a, 0x1d7f6, 0, 0 },
  [APP_FORMULA_SCRIPT] = { 0x1d49c, 0x1d4b6, 0, 0, 0 },
  [APP_FORMULA_FRAKTUR] = { 0x1d504, 0x1d51e, 0, 0, 0 },
  [APP_FORMULA_DOUBLE] = { 0x1d538, 0x1d552, 0x1d7d8, 0, 0 },
};

/* Letters that had a place of their own before that block was made, which has holes for them. */
static const struct {
  gunichar hole, letter;
} holes[] = {
  { 0x1d455, 0x210e }, { 0x1d49d, 0x212c }, { 0x1d4a0, 0x2130 }, { 0x1d4a1, 0x2131 }, { 0x1d4a3, 0x210b }, { 0x1d4a4, 0x2110 },
  { 0x1d4a7, 0x2112 }, { 0x1d4a8, 0x2133 }, { 0x1d4ad, 0x211b }, { 0x1d4ba, 0x212f }, { 0x1d4bc, 0x210a }, { 0x1d4c4, 0x2134 },
  { 0x1d506, 0x212d }, { 0x1d50b, 0x210c }, { 0x1d50c, 0x2111 }, { 0x1d515, 0x211c }, { 0x1d51d, 0x2128 }, { 0x1d53a, 0x2102 },
  { 0x1d53f, 0x210d }, { 0x1d545, 0x2115 }, { 0x1d547, 0x2119 }, { 0x1d548, 0x211a }, { 0x1d549, 0x211d }, { 0x1d551, 0x2124 },
};

/* Greek letters in the order of that block behind omega. */
static const gunichar greek_variants[] = { 0x2202, 0x3f5, 0x3d1, 0x3f0, 0x3d5, 0x3f1, 0x3d6 };

gunichar
app_formula_map_letter (gunichar c, AppFormulaAlphabet alphabet)
{
  const Alphabet *a = &alphabets[alphabet];
  gunichar mapped = c;

  if (c >= 'A' && c <= 'Z' && a->capitals != 0)
    mapped = a->capitals + (c - 'A');
  else if (c >= 'a' && c <= 'z' && a->small != 0)
    mapped = a->small + (c - 'a');
  else if (c >= '0' && c <= '9' && a->digits != 0)
    mapped = a->digits + (c - '0');
  else if (c >= 0x391 && c <= 0x3a9 && a->greek_capitals != 0)
    mapped = a->greek_capitals + (c - 0x391);
  else if (c >= 0x3b1 && c <= 0x3c9 && a->greek_small != 0)
    mapped = a->greek_small + (c - 0x3b1);
  else if (a->greek_small != 0 && (c != 0x2202 || alphabet != APP_FORMULA_MATH))
    for (guint i = 0; i < G_N_ELEMENTS (greek_variants); i++)
      if (greek_variants[i] == c)
        mapped = a->greek_small + 25 + i;
  for (guint i = 0; i < G_N_ELEMENTS (holes); i++)
    if (holes[i].hole == mapped)
      return holes[i].letter;
  return mapped;
}
