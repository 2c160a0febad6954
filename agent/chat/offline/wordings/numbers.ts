export const numberWordings = ``;
