// Detects incompressible data (images, archives, keys), which is slow to compress without any gain. Part of the byte
// format.
#pragma once
#include <lapstrake/base/bytes.hpp>

namespace lapstrake::layers {

// Samples 16 KiB, spread evenly: true when order-0 coding could save less than one percent. Always false for less than
// 64 KiB.
bool looks_like_noise(Bytes raw);

}  // namespace lapstrake::layers
