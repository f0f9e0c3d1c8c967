#include <lapstrake/packages/deb/root.hpp>
