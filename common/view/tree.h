// Private to view/: the library's tree behind a Model.
#pragma once

#include <kainjow/mustache.hpp>

#include "view/model.h"

namespace ventanilla {

struct Model::Tree {
    kainjow::mustache::data data;
};

}  // namespace ventanilla
