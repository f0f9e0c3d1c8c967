#include <lapstrake/packages/deb/php_extensions.hpp>
