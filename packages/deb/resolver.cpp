#include <lapstrake/packages/deb/resolver.hpp>
