"""When people work: hours of the week, holidays, make-up days; due times that respect them."""
