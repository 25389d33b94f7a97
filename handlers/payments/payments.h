// Pages of the program `payments` (SPEC.md 5): choosing what to pay and with whom, the way to the
// provider and back, the notifications of providers, paying by link, and what staff see of it all.
// The namespace is payment_pages: payments/ is the domain.
#pragma once

#include "app/visit.h"

namespace ventanilla::payment_pages {

// --- choose_pages.cpp ---

// 200: what I owe, who takes payment, and how to pay at the office.
Response choose(Visit& visit);
// 303 to the provider; 422 the same page with what is wrong; 503 in the page's words when the
// provider is away.
Response pay(Visit& visit);

// --- return_pages.cpp: where the browser comes back to. What it says is looked up, never believed.
// ---

// 200 with what became of it; 404 for a reference that is not mine; 303 to the login when it needs
// one.
Response returned_from_stripe(Visit& visit);
Response returned_from_mercadopago(Visit& visit);
Response returned_from_paypal(Visit& visit);

// --- notice_pages.cpp: for the providers. 200; 400, 401, 503; 404 without keys. ---

Response notice_of_stripe(Visit& visit);
Response notice_of_mercadopago(Visit& visit);
Response notice_of_paypal(Visit& visit);

// --- link_pages.cpp: one charge, without login ---

Response link(Visit& visit);
Response pay_link(Visit& visit);

// --- payments.cpp, try_pages.cpp, staff_links.cpp: for staff ---

Response console(Visit& visit);
// accion: reservar (book for a client) or descartar, of one quarantined amount.
Response decide(Visit& visit);
Response attempt(Visit& visit);
// Asks the provider now.
Response ask(Visit& visit);
// charge, and canal: correo or ver; or revocar with a link's id.
Response links(Visit& visit);
Response change_links(Visit& visit);

}  // namespace ventanilla::payment_pages
