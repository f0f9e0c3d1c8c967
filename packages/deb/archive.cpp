#include <lapstrake/packages/deb/archive.hpp>
