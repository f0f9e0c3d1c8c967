#include <lapstrake/packages/deb/install.hpp>
