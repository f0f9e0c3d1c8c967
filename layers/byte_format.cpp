#include <archive.h>
#include <libdeflate.h>
#include <zstd.h>

#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/byte_format.hpp>

namespace lapstrake::layers {

std::string byte_format() {
  return cat("2 (", archive_version_string(), ", libdeflate ", LIBDEFLATE_VERSION_STRING, ", zstd ",
             ZSTD_versionString(), ")");
}

}  // namespace lapstrake::layers
