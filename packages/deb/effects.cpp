#include <lapstrake/packages/deb/effects.hpp>
