#include <lapstrake/packages/deb/control.hpp>
