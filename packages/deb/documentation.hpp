// Files that Debian's slim images leave out (debuerreotype, .slimify-excludes): documentation, manual pages,
// translations. Copyright files stay.
#pragma once
#include <lapstrake/layers/entry.hpp>
#include <string_view>

namespace lapstrake::packages::deb {

bool is_documentation(std::string_view path, layers::Kind kind);

}  // namespace lapstrake::packages::deb
