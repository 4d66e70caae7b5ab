"use strict";

// The address of the specification stands in the page: none is taken from the URL's query.
{
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", paint);
  paint();

  const place = document.getElementById("documentation");
  window.ui = SwaggerUIBundle({
    domNode: place,
    url: place.dataset.specification,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    queryConfigEnabled: false,
    validatorUrl: null,
  });
  document.getElementById("version").addEventListener("change", (event) => {
    window.location.assign(event.target.value);
  });
}
