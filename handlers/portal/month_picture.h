// The picture of twelve months: where its bars stand. The template draws them.
#pragma once

#include <string>
#include <vector>

#include "billing/portal_view.h"
#include "view/model.h"

namespace ventanilla::portal {

// Sets has_months (whether anything happened), months_top (what the highest bar stands for) and
// months: label, short_label, charged, paid, and for the drawing charged_x, charged_y,
// charged_height, paid_x, paid_y, paid_height, label_x, in units of a picture that is 320 wide.
void set_month_picture(Model& model,
                       const std::vector<MonthFigures>& months,
                       const std::string& own_currency);

}  // namespace ventanilla::portal
