// The file that crear-usuarios leaves: credenciales_clientes.txt, for its owner alone. A file that
// is there already is moved aside (FILE.1, FILE.2, ...), never written over.
#pragma once

#include <string>

#include "jobs/bulk_job.h"

namespace ventanilla::cli {

class CredentialsFile {
  public:
    // Makes the file. Throws Failure, told in Spanish, when it cannot.
    explicit CredentialsFile(std::string path);
    CredentialsFile(const CredentialsFile&) = delete;
    CredentialsFile& operator=(const CredentialsFile&) = delete;
    // Without an entry everything is as it was before.
    ~CredentialsFile();

    // What is on disk when this returns stays there. Throws Failure.
    void add(const std::string& entries);
    void finish();

    [[nodiscard]] bool is_empty() const { return is_empty_; }
    // Where the earlier file is now; empty: there was none.
    [[nodiscard]] const std::string& moved_to() const { return moved_to_; }

  private:
    void move_aside();
    void write_all(const std::string& text) const;
    [[noreturn]] void fail(const char* what) const;

    std::string path_;
    std::string moved_to_;
    int file_ = -1;
    bool is_empty_ = true;
};

}  // namespace ventanilla::cli
