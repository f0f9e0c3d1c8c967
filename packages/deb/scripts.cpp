#include <lapstrake/packages/deb/scripts.hpp>
