// Where the pages are: built from the place of this one, so that it holds under a base path and in a frame.

export const home = () => document.baseURI.replace(/[?#].*/, "").replace(/[^/]*$/, "");

export const address = (parts) => `${home()}?${parts.filter(Boolean).join("&")}`;
