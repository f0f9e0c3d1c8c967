#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/recipe.hpp>

namespace lapstrake::oci {

int most_level(Codec codec) {
  switch (codec) {
    case Codec::gzip: return 12;
    case Codec::zstd: return 19;
    case Codec::none: break;
  }
  return 0;
}

}  // namespace lapstrake::oci
