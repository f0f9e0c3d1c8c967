#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/recipe.hpp>

namespace lapstrake::oci {

std::string Position::text() const { return cat(file, ":", line, ":", column); }

}  // namespace lapstrake::oci
