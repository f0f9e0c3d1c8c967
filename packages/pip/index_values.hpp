// Checks that both forms of index pages share.
#pragma once
#include <string_view>

namespace lapstrake::packages::pip {

// Error{integrity} for another major version than 1 ("1.3").
void require_api_version(std::string_view version, std::string_view what);
// Error{integrity} beyond limits::index_page_bytes.
void require_page_size(std::string_view page, std::string_view what);
// The name of a wheel or an sdist, without folders.
bool is_distribution_name(std::string_view name);

}  // namespace lapstrake::packages::pip
