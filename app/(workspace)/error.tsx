"use client";

// Of its own here, so that the side bar stays beside it.
export { default } from "../error";
