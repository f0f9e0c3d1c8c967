#include <lapstrake/packages/deb/release.hpp>
