#include <lapstrake/packages/deb/package_index.hpp>
