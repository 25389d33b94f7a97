// Reads lines "hash<TAB>password" and prints the line of each password that is not the one behind
// its hash. For end-to-end tests, which have thousands of them.
#include <atomic>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "accounts/password_hash.h"

int main() {
    std::vector<std::string> lines;
    for (std::string line; std::getline(std::cin, line);) {
        lines.push_back(line);
    }
    std::vector<char> is_wrong(lines.size(), 0);
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (auto i = next++; i < lines.size(); i = next++) {
            const auto tab = lines[i].find('\t');
            const bool fine =
                tab != std::string::npos
                && ventanilla::verify_password(lines[i].substr(0, tab), lines[i].substr(tab + 1));
            is_wrong[i] = fine ? 0 : 1;
        }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
            threads.emplace_back(work);
        }
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (is_wrong[i] != 0) {
            std::cout << lines[i] << '\n';
        }
    }
    return 0;
}
