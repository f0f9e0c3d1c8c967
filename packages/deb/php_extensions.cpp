#include <lapstrake/packages/deb/php_extensions.hpp>
namespace lapstrake::packages::deb {
std::optional<PhpExtension> php_extension(std::string_view, std::string_view) { return std::nullopt; }
}  // namespace lapstrake::packages::deb
