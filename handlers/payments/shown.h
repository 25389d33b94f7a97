// What several of the staff's pages about paying online say in the same words.
#pragma once

#include <optional>
#include <string>

#include "app/visit.h"
#include "payments/try_list.h"

namespace ventanilla::payment_pages {

[[nodiscard]] std::string provider_label(Visit& visit, ProviderName provider);
[[nodiscard]] std::string time_or_nothing(const std::optional<Timestamp>& when);
// 0 for what is no number from 1.
[[nodiscard]] std::int64_t number_or_zero(const std::string& text);

// A line of the list of tries, and the head of one try's page.
void set_try(Visit& visit, Model& item, const TryLine& line);

}  // namespace ventanilla::payment_pages
