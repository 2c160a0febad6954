export const moneyWordings = ``;
