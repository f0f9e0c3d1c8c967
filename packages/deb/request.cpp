#include <lapstrake/packages/deb/request.hpp>
