// SPDX-License-Identifier: GPL-3.0-or-later
// How long llama.cpp's towers take: encodes noise of a given size with an mmproj file, some times over.
//
//     towers_peer FILE (picture WIDTH HEIGHT | sound FRAMES MELS) THREADS TIMES
//
// Prints the columns and the milliseconds of each time. Built by tests/bench/towers.py against the peer's own headers; what comes before the encoder is left out.
#include "clip-impl.h"
#include "clip.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

int
main (int argc, char **argv)
{
  if (argc != 7)
    return 2;
  const bool picture = std::strcmp (argv[2], "picture") == 0;
  const int width = std::atoi (argv[3]), height = std::atoi (argv[4]), threads = std::atoi (argv[5]), times = std::atoi (argv[6]);
  clip_context_params params{};
  params.use_gpu = false;
  params.flash_attn_type = CLIP_FLASH_ATTN_TYPE_AUTO;
  params.image_min_tokens = params.image_max_tokens = -1;
  const clip_init_result parts = clip_init (argv[1], params);
  clip_ctx *context = picture ? parts.ctx_v : parts.ctx_a;
  if (!context)
    return 1;

  std::vector<float> noise ((size_t) width * height * (picture ? 3 : 1));
  unsigned state = 1;
  for (float &value : noise)
    value = (float) ((state = state * 1664525u + 1013904223u) >> 8) / (1 << 23) - 1;
  clip_image_f32 image;
  image.set_size ({ width, height }, false, !picture);
  image.cpy_buf (noise);
  for (int i = 0; i <= times; i++) {
    std::vector<float> columns ((size_t) clip_n_output_tokens (context, &image) * clip_n_mmproj_embd (context));
    const auto begin = std::chrono::steady_clock::now ();
    if (!clip_image_encode (context, threads, &image, columns))
      return 1;
    const double ms = std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now () - begin).count ();
    if (i > 0)
      std::printf ("%d %.1f\n", clip_n_output_tokens (context, &image), ms);
  }
  return 0;
}
