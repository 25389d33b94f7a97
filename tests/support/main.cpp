// The entry of every Boost.Test program.
#define BOOST_TEST_MODULE ventanilla
#include <boost/test/unit_test.hpp>
