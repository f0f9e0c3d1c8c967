#include <lapstrake/packages/deb/database.hpp>
