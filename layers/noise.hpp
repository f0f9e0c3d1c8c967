// Whether compressing is in vain: images, archives and keys are noise to a compressor, and slow. Part of the byte
// format.
#pragma once
#include <lapstrake/base/bytes.hpp>

namespace lapstrake::layers {

// Looks at 16 KiB, spread evenly: true when their bytes are so evenly distributed that what order-0 coding could save
// is below one percent. Never for less than 64 KiB.
bool looks_like_noise(Bytes raw);

}  // namespace lapstrake::layers
