#include <lapstrake/packages/deb/version.hpp>
