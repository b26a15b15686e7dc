/* SPDX-License-Identifier: MIT */
/* Fonts for PDFs that do not contain theirs. */
#pragma once

/* Keeps a small set of fonts open (sans, serif, mono with bold and italic, symbols) and tells fontconfig that these are all there
 * are; before the sandbox. */
void fonts_prepare (void);
