// The part of an address behind # goes to no server: the form keeps it for where its answer leads to.
const form = document.querySelector("form.login");
if (form && location.pathname !== "/session") form.setAttribute("action", "/session" + location.hash);
